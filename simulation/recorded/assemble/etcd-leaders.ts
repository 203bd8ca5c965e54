import type { HistoryEvent } from '../../history/event.ts';
import type { JournalEntry } from '../recording.ts';

type LeaderEvent = Extract<HistoryEvent, { kind: 'etcd-leader' }>;

/**
 * Who leads etcd, by the members' own journals: raft's lines `X became leader at term N`, `lost leader X`, `elected leader X` (etcd 3.4, raft/raft.go and
 * raft/node.go). Nobody does when most members have lost the leader. Pure.
 */
export function etcdLeaders(
  first: string | undefined,
  journals: ReadonlyMap<string, readonly JournalEntry[]>,
): LeaderEvent[] {
  const lines = [...journals].flatMap(([machine, journal]) =>
    journal
      .filter(({ unit, isOfSystemd }) => unit === 'etcd.service' && !isOfSystemd)
      .map(({ at, message }) => ({ machine, at, message })),
  );
  lines.sort((a, b) => a.at - b.at);
  const events: LeaderEvent[] = [{ kind: 'etcd-leader', at: 0, machine: first }];
  const hasLost = new Set<string>();
  let leader = first;
  const say = (at: number, machine: string | undefined): void => {
    if (machine !== leader) events.push({ kind: 'etcd-leader', at, machine });
    leader = machine;
  };
  let last = first;
  for (const { machine, at, message } of lines) {
    if (/ became leader at term /.test(message)) {
      hasLost.clear();
      last = machine;
      say(at, machine);
    } else if (/ lost leader /.test(message)) {
      hasLost.add(machine);
      if (hasLost.size > journals.size / 2) say(at, undefined);
    } else if (/ elected leader /.test(message)) {
      hasLost.delete(machine);
      if (hasLost.size <= journals.size / 2) say(at, last);
    }
  }
  return events;
}
