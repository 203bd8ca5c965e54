import type { EtcdStore, Guard, Write } from '../../etcd/store.ts';
import type { Decision } from '../parts/model.ts';
import type { FleetKeys } from '../../etcd/keys/fleet-keys.ts';
import type { UnitRecord } from './records.ts';
import { transactionsOf } from './transactions.ts';

/**
 * Writes decisions in as few etcd transactions as they fit into, each guarded by the leadership key (an ex-leader writes nothing), by
 * what the decision was taken on, and by presence: a unit goes only to a machine that is there, and leaves one for being gone only if it is.
 * @param noteOf what is written beside a decision, and decides nothing
 * @returns false when a guard failed: the picture was old, decide again
 */
export async function writeDecisions(
  store: EtcdStore,
  keys: FleetKeys,
  leadership: string,
  units: ReadonlyMap<string, UnitRecord>,
  decisions: readonly Decision[],
  missing: (machineId: string) => boolean,
  noteOf: (decision: Decision) => Write[] = () => [],
): Promise<boolean> {
  const changes = decisions.flatMap((decision) => {
    const unit = units.get(decision.unit);
    if (unit === undefined) return [];
    return {
      guards: guardsOf(keys, unit, decision, missing),
      writes: [...writesOf(keys, unit, decision), ...noteOf(decision)],
    };
  });
  for (const { guards, writes } of transactionsOf(changes, [{ key: keys.leader, value: leadership }]))
    if (!(await store.transact(guards, writes))) return false;
  return true;
}

function guardsOf(keys: FleetKeys, unit: UnitRecord, decision: Decision, missing: (id: string) => boolean): Guard[] {
  const job = keys.job(unit.name);
  const guards: Guard[] = [
    unit.target === undefined ? { key: job.target, absent: true } : { key: job.target, value: unit.target },
    // A unit that is gone has no desired state either. One whose desired state was never written counts as inactive.
    unit.desired === 'inactive' ? { key: job.object, exists: true } : { key: job.desired, value: unit.desired },
  ];
  if (decision.kind === 'place' || decision.kind === 'move')
    guards.push({ key: keys.machine(decision.to), exists: true });
  if ((decision.kind === 'move' || decision.kind === 'evict') && missing(decision.from)) {
    guards.push({ key: keys.machine(decision.from), absent: true });
  }
  return guards;
}

function writesOf(keys: FleetKeys, unit: UnitRecord, decision: Decision): Write[] {
  const job = keys.job(unit.name);
  const unblock: Write[] = unit.blocked ? [{ delete: job.blocked }] : [];
  switch (decision.kind) {
    case 'place':
    case 'move':
      return [{ put: job.target, value: decision.to }, ...unblock, ...(unit.moveTo ? [{ delete: job.moveTo }] : [])];
    case 'stay':
      return [{ delete: job.moveTo }];
    case 'evict':
      return [
        { delete: job.target },
        ...(decision.blocked ? [{ put: job.blocked, value: JSON.stringify(decision.blocked) }] : unblock),
      ];
    case 'block':
      return [{ put: job.blocked, value: JSON.stringify(decision.blocked) }];
    case 'unblock':
      return unblock;
  }
}
