import type { ActiveFault } from '../harness/record/fault-record.ts';
import { choice, scenario, type ScenarioContext } from '../scenario.ts';
import { inWords, quorumSize } from './arithmetic.ts';
import { stackRunsOn } from './conditions.ts';
import { firstBack, lastBack } from './coming-back.ts';
import { askFencedMachine } from './fenced-machine.ts';
import { askLastMachine } from './last-machine.ts';
import { chooseRoles, type Roles } from './roles.ts';
import { askEtcd, askFleetctl, leaseKey, leaseSeconds, valueKey, watchLease } from './without-quorum.ts';

const value = 'written by three';
const startDeadlineMs = 90_000;

/** Takes the majority away and shows what still works and what does not, then gives it back machine by machine. */
export const quorum = scenario({
  name: 'quorum',
  summary: 'take two of three machines away: what is refused, what still serves, and how the cluster comes back',
  needs: { stack: 'deployed', capabilities: ['halt', 'cut'] },
  parameters: {
    by: choice(
      ['cut', 'halt'],
      'cut: pull both cords, nothing has time to move; halt: orderly shutdown, what the second leaves moves as far as it gets, and who stays knows that it is the last',
    ),
  },
  async run(context) {
    const { lab, parameters } = context;
    const machines = lab.machines.map(({ name }) => name);
    for (let members = 1; members <= 7; members++) context.fact(`etcd of ${members}`, inWords(quorumSize(members)));
    // A web unit that starts before the last announcement starts once more: roles are given when that is over.
    await context.until(lab.page.showsRows(machines.length, context.now()), { within: startDeadlineMs });
    await context.until(stackRunsOn(lab, machines), { within: startDeadlineMs });
    const roles = chooseRoles(machines, lab.fleet.view);
    const [home, ...others] = roles.halted;
    explain(context, roles);
    context.phase('all machines');
    await withQuorum(context, roles.witness);
    await context.snapshot('before');

    context.phase(`${roles.halted.length} of ${machines.length} away`);
    const before = lab.fleet.view;
    const from = context.now();
    // One after another, as two commands would; Couchbase's machine last, so that its going takes the quorum.
    const faults: ActiveFault[] = [];
    for (const machine of [...others, home]) faults.push(await context.fault[parameters.by](machine));
    context.mark('quorum lost', faults.at(-1)?.doneMs, { detail: roles.halted.join(', ') });
    const without = context.now();
    await askEtcd(context, roles, value);
    // Only now: at first the page still has rows from before.
    const fault = faults.at(-1);
    const stops = lab.config.fleet.fence && parameters.by === 'cut' && fault !== undefined;
    if (stops) await askFencedMachine(context, roles, before, fault);
    else await askLastMachine(context, roles, before, from);
    await askFleetctl(context);
    await watchLease(context, roles);
    await context.snapshot('without a quorum');

    const ofMachine = (name: string) => faults.find(({ machine }) => machine === name);
    const back = ofMachine(others[0] ?? home);
    const again = context.now();
    if (back !== undefined) {
      context.phase(`${back.machine} back`);
      await firstBack(context, roles, back, value);
    }
    await context.snapshot('a quorum again');
    context.phase('everything back');
    for (const rest of faults.filter((one): one is ActiveFault => one !== back)) await lastBack(context, rest);
    await context.snapshot('after');
    context.measure('time without a quorum', { from: without, to: again });
  },
});

function explain(context: ScenarioContext, { halted, witness }: Roles): void {
  const [home, ...others] = halted;
  const size = quorumSize(context.lab.machines.length);
  context.note(`etcd of ${size.members}: ${inWords(size)}; so ${halted.length} go`);
  context.note(
    `${home} goes because it runs couchbase@1, ${others.join(', ') || 'nobody else'} with it; ${witness} stays and has a page`,
  );
}

/** The same questions while everything is well: what follows is told from it. */
async function withQuorum(context: ScenarioContext, witness: string): Promise<void> {
  const { lab } = context;
  const from = context.now();
  const group = 'with a quorum';
  const written = await lab.etcd.put(witness, valueKey, value);
  context.measure('write', { from, to: written.ok ? from + written.tookMs : undefined, group });
  const asked = context.now();
  const read = await lab.etcd.get(witness, valueKey);
  context.measure('linearisable read', { from: asked, to: read.ok ? asked + read.tookMs : undefined, group });
  await lab.etcd.put(witness, leaseKey, `lives ${leaseSeconds} s`, { ttlSeconds: leaseSeconds });
}
