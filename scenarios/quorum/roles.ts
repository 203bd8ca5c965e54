import { LabError } from '#errors/lab-error.ts';
import { type ClusterView, runningOn } from '../harness/record/cluster-view.ts';
import { quorumSize } from './arithmetic.ts';

/** Who is halted and who stays. */
export interface Roles {
  /** One more than the cluster survives; the first runs Couchbase and is the last to come back. */
  readonly halted: readonly [home: string, ...others: string[]];
  readonly staying: readonly string[];
  /** Of those that stay, the one that is looked at: it has a web unit, so there is a page to ask. */
  readonly witness: string;
}

const couchbase = 'couchbase@1.service';

/**
 * Couchbase's machine goes, so that there is something to reschedule; a machine with a web unit stays, so that there is a page
 * to look at, and of several the one with the most units. Pure.
 * @throws LabError `state.machines` with fewer than two machines, `state.deploy` when Couchbase or every other web unit is missing
 */
export function chooseRoles(machines: readonly string[], view: ClusterView): Roles {
  const away = quorumSize(machines.length).tolerated + 1;
  if (away >= machines.length)
    throw new LabError({
      code: 'state.machines',
      cause: `a lab of ${machines.length} has nobody left without its quorum`,
      next: 'set $num_instances = 3 in config.rb, then lab destroy && lab up',
    });
  const home = runningOn(view, couchbase);
  const load = (machine: string) => unitsOn(view, machine).length;
  const witness = machines
    .filter((machine) => machine !== home && unitsOn(view, machine).some((unit) => unit.startsWith('web@')))
    .sort((a, b) => load(b) - load(a))[0];
  if (home === undefined || witness === undefined)
    throw new LabError({
      code: 'state.deploy',
      cause: home === undefined ? `${couchbase} runs on no machine` : `no web unit runs beside ${home}'s`,
      next: 'lab fleetctl list-units',
    });
  const others = machines.filter((machine) => machine !== home && machine !== witness);
  const halted: Roles['halted'] = [home, ...others.slice(0, away - 1)];
  return { halted, witness, staying: machines.filter((machine) => !halted.includes(machine)) };
}

/** Units that run on a machine, by name. Pure. */
export function unitsOn(view: ClusterView, machine: string): string[] {
  const here = view.units.filter(({ states }) =>
    states.some((s) => s.machine === machine && s.state.startsWith('active')),
  );
  return here.map(({ name }) => name).sort();
}
