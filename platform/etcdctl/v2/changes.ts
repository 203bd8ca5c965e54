import { setTimeout as after } from 'node:timers/promises';
import { LabError } from '#errors/lab-error.ts';
import { isEtcdAway } from '../../etcd/etcd-failure.ts';
import type { StoreEvent } from '../../etcd/store.ts';
import { readPast, type Action, type Past } from '../../etcd/v2/action.ts';
import { leaseClock, type LeaseClock } from '../../etcd/v2/lease-clock.ts';
import { numberFlag, type Call } from './command.ts';
import { v2Failure } from './failure.ts';
import type { V2Node } from './print.ts';
import { isHidden } from './tree.ts';
import { plainNode } from './write.ts';

export interface Change {
  readonly action: Action;
  readonly node: V2Node;
  readonly prevNode: V2Node | undefined;
}

/**
 * Calls `each` for every change at (or, with --recursive, below) the path, in order, until it returns false or the signal comes.
 * Changes of directories are left out, as etcdctl 2.x does.
 * @throws LabError `state.etcd-compacted` where etcd has forgotten what it was to begin, or to go on with: 401, as v2 has it
 */
export async function changes(call: Call, path: string, each: (change: Change) => boolean): Promise<void> {
  const { store, signal } = call;
  const inside = path === '/' ? '/' : `${path}/`;
  const concerns = (key: string) =>
    key === path ||
    (call.flags['recursive'] === true && key.startsWith(inside) && !key.endsWith('/') && !isHidden(path, key));
  const clock = leaseClock(store, () => performance.now());

  let finish = () => {};
  let fail: (error: unknown) => void = () => {};
  const finished = new Promise<void>((resolve, reject) => {
    finish = resolve;
    fail = reject;
  });
  signal.addEventListener('abort', () => finish());
  let over = false;
  let turn: Promise<void> = Promise.resolve();
  const handle = async (event: StoreEvent, seenAt: number) => {
    if (over || signal.aborted) return;
    const change = await explain(call, clock, event, seenAt);
    if (!change || signal.aborted || each(change)) return;
    over = true;
    finish();
  };
  const onEvent = (event: StoreEvent) => {
    if (!concerns(event.key)) return;
    const seenAt = performance.now();
    turn = turn.then(() => handle(event, seenAt)).catch(fail);
  };

  const { items, revision } = await store.list(path);
  const onResync = () => fail(v2Failure(401, 'the requested history has been cleared', revision));
  const from = (numberFlag(call, 'after-index') ?? revision) + 1;
  const open = await store.watch(path, { onEvent, onResync }, from);
  try {
    await Promise.all(items.filter(({ key }) => concerns(key)).map(({ lease }) => clock.follow(lease)));
    if (signal.aborted) finish();
    await finished;
  } finally {
    clock.close();
    await open.close();
  }
}

/** What v2 would say of an event of v3; undefined: it would say nothing. */
async function explain(call: Call, clock: LeaseClock, event: StoreEvent, seenAt: number): Promise<Change | undefined> {
  const { told, before, now } = await pastOf(call, event);
  if (told === 'refresh') return undefined;
  const { key, value, revision } = event;
  const prevNode = before && plainNode(before);
  if (event.type === 'put') {
    // Not awaited: the change is told at once, and the clock needs the answer only when the key goes.
    if (now) void clock.follow(now.lease);
    const createdIndex = now?.createRevision ?? revision;
    return { action: told ?? 'set', node: { key, value, createdIndex, modifiedIndex: revision }, prevNode };
  }
  const ranOut = told === undefined && before !== undefined && (await clock.ranOut(before.lease, seenAt));
  const node = { key, value: '', createdIndex: before?.createRevision ?? 0, modifiedIndex: revision };
  return { action: told ?? (ranOut ? 'expire' : 'delete'), node, prevNode };
}

const tries = 5;
const betweenTriesMs = 200;

/** An etcd that is away for a moment must not end a watch; history that was compacted leaves v3's own words. */
async function pastOf(call: Call, { key, revision }: StoreEvent): Promise<Past> {
  for (let left = tries; ; left--) {
    try {
      return await readPast(call, key, revision);
    } catch (error) {
      if (error instanceof LabError && error.code === 'state.etcd-compacted') {
        return { told: undefined, before: undefined, now: undefined };
      }
      if (!isEtcdAway(error) || left === 1 || call.signal.aborted) throw error;
      await after(betweenTriesMs);
    }
  }
}
