import type { LabUnderTest } from '../context/lab-under-test.ts';
import type { ActiveFault } from '../record/fault-record.ts';
import type { ClusterSnapshot } from '../record/run-report.ts';
import { stateUnderFault } from '../record/state-under-fault.ts';

/** Machines, units and keys as they are at this moment, for the report. */
export async function takeSnapshot(
  lab: LabUnderTest,
  faults: readonly ActiveFault[],
  label: string,
  atMs: number,
): Promise<ClusterSnapshot> {
  const [members, engine, states] = await Promise.all([
    lab.etcd.members().catch(() => []),
    lab.fleet.engineLeader().catch(() => undefined),
    Promise.all(lab.machines.map(async (machine) => machine.state())),
  ]);
  const { view } = lab.fleet;
  return {
    label,
    atMs,
    keys: { ...view.keys },
    machines: lab.machines.map(({ name, address }, index) => {
      const fault = faults.filter(({ machine }) => machine === name).at(-1);
      const member = members.find(({ machine }) => machine === name);
      return {
        name,
        address,
        listed: view.machines.includes(name),
        engine: engine === name,
        state: (fault === undefined ? undefined : stateUnderFault[fault.action.kind]) ?? states[index] ?? 'unknown',
        etcd: member?.healthy === true ? (member.leader ? 'leader' : 'follower') : 'away',
      };
    }),
    units: view.units.map(({ name, target, reason, states: published }) => ({
      name,
      states: published.map((state) => ({ ...state })),
      ...(target === undefined ? {} : { target }),
      ...(reason === undefined ? {} : { reason }),
    })),
  };
}
