import { readHistory } from '#platform/fleet/registry/decision-history.ts';
import type { Change, HistoryEvent } from '../../history/event.ts';
import type { Recording, SeenCommit } from '../recording.ts';
import { authorOf, leaderAuthor, type Runs } from './authors.ts';

type Commit = Extract<HistoryEvent, { kind: 'commit' }>;

const firstMs = 1;
/** How late a member may tell of a commit, on a host that is busy, ms. */
const tellingMs = 250;

/**
 * etcd's revisions as commits: what each changed, who wrote it, and when. The order is etcd's own. etcd keeps no times: a commit is no later than the
 * first member told of it, and no earlier than its engine decided or its user asked; the earliest is taken, since an agent may hear of it before
 * the recorder does, and must not seem to act on what is not so yet. Pure.
 */
export function commitEvents(recording: Recording, runs: Runs): Commit[] {
  const { facts, start, commits } = recording;
  const values = new Map(start.keys);
  const events: Commit[] = [
    {
      kind: 'commit',
      // After the daemons that have written it.
      at: firstMs,
      revision: start.revision,
      author: leaderAuthor(values.get(facts.keys.leader), facts, runs, firstMs),
      changes: [...values].map(([key, after]) => ({ key, before: undefined, after })),
    },
  ];
  let before = firstMs;
  for (const commit of commits) {
    const { revision, writes } = commit;
    const changes = writes.map(({ key, after }): Change => ({ key, before: values.get(key), after }));
    for (const { key, after } of changes) {
      if (after === undefined) values.delete(key);
      else values.set(key, after);
    }
    before = Math.max(before, Math.min(commit.seenAt, earliest(commit, recording)));
    const author = authorOf({ changes, isThere: (key) => values.has(key), facts, runs, at: before });
    events.push({ kind: 'commit', at: before, revision, author, changes });
  }
  return events;
}

function earliest({ seenAt, writes }: SeenCommit, { facts: { keys }, deeds, beganAt }: Recording): number {
  const bounds = writes.map(({ key, after }) => {
    const unit = keys.unitOf(key);
    if (unit === undefined || key.startsWith(keys.states)) return seenAt;
    if (key === keys.job(unit).decisions) return (readHistory(after).at(-1)?.at ?? Infinity) - beganAt;
    const asked = deeds.findLast(
      (deed) =>
        deed.kind === 'operation' &&
        deed.is === 'asked' &&
        deed.at <= seenAt &&
        'unit' in deed.does &&
        deed.does.unit === unit,
    );
    return Math.max(asked?.at ?? seenAt, seenAt - tellingMs);
  });
  return Math.min(...bounds);
}
