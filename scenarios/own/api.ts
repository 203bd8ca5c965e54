// What a reader's scenario imports as `coreos-lab/scenario`.
export * from '../scenario.ts';
export { LabError } from '../../errors/lab-error.ts';
export { allUnits, stackUnits } from '../deploy/stack.ts';
export { runningOn } from '../harness/cluster-view.ts';

export type { Condition } from '../../provision/cluster/conditions.ts';
export type { ClusterView, UnitView } from '../harness/cluster-view.ts';
export type { EtcdAnswer, LabUnderTest, MachineUnderTest } from '../harness/context/lab-under-test.ts';
export type { ActiveFault, FaultAction, FaultKit } from '../harness/faults/fault-record.ts';
export type { RunRecord } from '../harness/record/run-record.ts';
export type { RunEvent } from '../harness/events/run-event.ts';
export type { Finding, Verdict } from '../harness/verdict.ts';
