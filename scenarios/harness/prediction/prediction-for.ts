import { type ClusterView, runningOn } from '../record/cluster-view.ts';
import type { LabUnderTest, MachineUnderTest } from '../context/lab-under-test.ts';
import type { FailureKind } from './detection.ts';
import { type FailoverSteps, predictFailover } from './failover-steps.ts';
import { type UnitTimers, unitTimers } from './unit-timers.ts';
import { movableUnits, subjectOf } from './subject.ts';

/** What the timers of this lab, and of the units as their machines have loaded them, say about this failover. */
export async function predictionFor(
  lab: Pick<LabUnderTest, 'config'> & {
    readonly machines: readonly Pick<MachineUnderTest, 'name' | 'exec'>[];
    readonly etcd: Pick<LabUnderTest['etcd'], 'leader'>;
  },
  by: FailureKind,
  broken: Pick<MachineUnderTest, 'name'>,
  view: ClusterView,
): Promise<FailoverSteps> {
  const timersOf = async (unit: string): Promise<UnitTimers> => {
    const home = lab.machines.find(({ name }) => name === runningOn(view, unit));
    const loaded = await home?.exec(['/usr/bin/cat', `/run/fleet/units/${unit}`]);
    return unitTimers(unit, loaded?.exitCode === 0 ? loaded.stdout : '');
  };
  const [web, worker, etcdLeader] = await Promise.all([
    timersOf('web@1.service'),
    timersOf('worker.service'),
    lab.etcd.leader(),
  ]);
  return predictFailover({
    by,
    timers: lab.config.timers,
    fence: lab.config.fleet.fence,
    stretch: lab.config.stretch,
    units: { web, worker },
    etcdLeader: etcdLeader === broken.name,
    workerStays: runningOn(view, 'worker.service') !== broken.name,
    memcachedMoves: movableUnits(view, broken.name).some((unit) => unit.startsWith('memcached@')),
    couchbase: subjectOf(view, broken.name)?.unit.startsWith('couchbase@') === true,
  });
}
