import { isDeepStrictEqual } from 'node:util';
import type { Lab } from '#provision/cluster/lab.ts';
import type { MachineStatus } from '#provision/machines/machine-provider.ts';
import { engineLeader } from '#scenarios/harness/context/engine-leader.ts';
import type { EtcdMachines } from '#scenarios/harness/context/etcd-machines.ts';
import { etcdUnderTest } from '#scenarios/harness/context/etcd-under-test.ts';
import { ownerLives, readLedger } from '#scenarios/harness/faults/ledger.ts';
import type { FaultRecord } from '#scenarios/harness/record/fault-record.ts';
import { stateUnderFault } from '#scenarios/harness/record/state-under-fault.ts';
import type { MachineFacts, Unstamped } from '../moment/seen.ts';

/** @returns looks at each machine's state and its parts in etcd and fleet, and tells what has changed since the last look */
export function lookAtMachines(
  lab: Pick<Lab, 'config' | 'paths'>,
  tell: (seen: Unstamped) => void,
): (machines: readonly MachineStatus[], etcd: EtcdMachines) => Promise<void> {
  const before = new Map<string, MachineFacts>();
  return async (machines, etcd) => {
    const [members, engine, faults] = await Promise.all([
      etcdUnderTest(etcd)
        .members()
        .catch(() => []),
      engineLeader(etcd).catch(() => undefined),
      faultsInForce(lab),
    ]);
    for (const { name, address } of lab.config.machines) {
      const state = machines.find((one) => one.name === name)?.state ?? 'absent';
      const fault = faults.findLast(({ machine }) => machine === name);
      const member = members.find(({ machine }) => machine === name);
      const facts: MachineFacts = {
        machine: name,
        address,
        state: (fault === undefined ? undefined : stateUnderFault[fault.action.kind]) ?? state,
        // A member that is cut off may still think that it leads.
        etcd: member?.healthy === true ? (member.leader ? 'leader' : 'follower') : 'away',
        engine: engine === name,
      };
      if (isDeepStrictEqual(before.get(name), facts)) continue;
      before.set(name, facts);
      tell({ type: 'machine', data: facts });
    }
  };
}

/** By the lab's ledger: of a scenario, or of this page. One that cannot be read is another command's to speak of. */
async function faultsInForce({ paths }: Pick<Lab, 'paths'>): Promise<readonly FaultRecord[]> {
  const ledger = await readLedger(paths).catch(() => undefined);
  return ledger !== undefined && ownerLives(ledger) ? ledger.faults : [];
}
