// What a reader's scenario imports as `coreos-lab/scenario`.
export * from '../scenario.ts';
export { LabError } from '#errors/lab-error.ts';
export { allUnits, stackUnits } from '../stack/stack.ts';
export { runningOn } from '../harness/record/cluster-view.ts';

export type { Condition } from '#provision/cluster/conditions/conditions.ts';
export type { ClusterView, UnitView } from '../harness/record/cluster-view.ts';
export type { EtcdAnswer, LabUnderTest, MachineUnderTest } from '../harness/context/lab-under-test.ts';
export type { ActiveFault, FaultAction, FaultKit } from '../harness/record/fault-record.ts';
export type { RunRecord } from '../harness/record/run-record.ts';
export type { RunEvent } from '../harness/record/run-event.ts';
export type { Finding, Verdict } from '../harness/record/verdict.ts';
