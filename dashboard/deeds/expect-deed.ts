import type { Lab } from '#provision/cluster/lab.ts';
import { predictionFor } from '#scenarios/harness/prediction/prediction-for.ts';
import type { ClusterView } from '#scenarios/harness/record/cluster-view.ts';
import type { Moment } from '../moment/moment.ts';
import type { DeedKind } from '../server/protocol.ts';
import { expectationOf } from './expectation.ts';

/**
 * What to expect of a deed on the lab as it is at this moment, a line each.
 * @throws LabError `missing.machine`
 */
export async function expectDeed(lab: Lab, moment: Moment, machine: string, kind: DeedKind): Promise<string[]> {
  lab.machines([machine]);
  if (kind === 'up') {
    return [
      `${machine} boots with its disk; etcd, flannel and fleet find it again by themselves.`,
      'Units that no machine could take go to it. What has moved stays where it is.',
    ];
  }
  if (kind === 'resume')
    return [`${machine} is heard again. Where fleet has moved its units meanwhile, its own copies stop.`];
  const view = viewOf(moment);
  const provider = lab.provider();
  const steps = await predictionFor(
    {
      config: lab.config,
      machines: lab.config.machines.map(({ name }) => ({ name, exec: (argv) => provider.exec(name, argv) })),
      etcd: { leader: () => Promise.resolve(moment.machines.find(({ etcd }) => etcd === 'leader')?.name) },
    },
    kind,
    { name: machine },
    view,
  );
  const others = moment.machines.filter(({ name, silentSinceMs }) => name !== machine && silentSinceMs === undefined);
  return expectationOf({ by: kind, machine, view, steps, others: others.length, all: lab.config.machines.length });
}

function viewOf({ machines, units, keys }: Moment): ClusterView {
  return {
    machines: machines.filter(({ listed }) => listed).map(({ name }) => name),
    units,
    keys: Object.fromEntries(keys.map(({ key, value }) => [key, value])),
  };
}
