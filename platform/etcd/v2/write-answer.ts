import { timeOf, type TimeLeft, type V2Node } from './node.ts';
import type { KeyAnswer } from './read-key.ts';
import type { WritePlan } from './write-plan.ts';

/** JavaScript's last day; etcd itself overflows to the past or leaves such times out. */
const lastDayMs = 8.64e15;

/**
 * What is said of a write that was done.
 * @param index its revision
 * @param prevTime what was left of the node that it took the place of
 * @param now ms since 1970
 */
export function writeAnswer(plan: WritePlan, index: number, prevTime: TimeLeft | undefined, now: number): KeyAnswer {
  const { action, path, value, isDirectory, before, prevNode, ttl } = plan;
  const removed = action === 'delete' || action === 'compareAndDelete';
  const seconds = ttl === undefined ? undefined : Number(ttl);
  const time = seconds === undefined ? {} : timeOf({ ttl: seconds, endsAt: Math.min(lastDayMs, now + seconds * 1000) });
  const sameKind = before !== undefined && before.key.endsWith('/') === isDirectory;
  const createdIndex = sameKind ? before.createRevision : (removed && prevNode?.createdIndex) || index;
  const node: V2Node = {
    key: path,
    ...(value === undefined ? {} : { value }),
    ...(isDirectory ? { dir: true } : {}),
    ...time,
    modifiedIndex: index,
    createdIndex,
  };
  const created = action === 'create' || (action === 'set' && prevNode === undefined);
  const answer = { action, node, index, created };
  return prevNode === undefined ? answer : { ...answer, prevNode: timed(prevNode, timeOf(prevTime)) };
}

/** In Go's order of fields. */
function timed({ modifiedIndex, createdIndex, ...first }: V2Node, time: Pick<V2Node, 'expiration' | 'ttl'>): V2Node {
  const indexes = modifiedIndex === undefined || createdIndex === undefined ? {} : { modifiedIndex, createdIndex };
  return { ...first, ...time, ...indexes };
}
