import { spawn } from 'node:child_process';
import type { StoreEvent } from '../../etcd/store.ts';
import { keyOf, numberFlag } from './command.ts';
import type { Call, V2Command } from './command.ts';
import { badArguments } from './failure.ts';
import { printAnswer } from './print.ts';
import { isHidden } from './tree.ts';

/**
 * `watch KEY`: prints the next change (with --forever every change until SIGINT) and exits 0. v3 knows puts and deletes only, so the
 * action is `set` or `delete`: a `create` or `update` shows as `set`, a key that expired as `delete`.
 */
export const watch: V2Command = async (call) => {
  const recursive = call.flags.recursive === true;
  await changes(call, keyOf(call), (event, before) => {
    const action = event.type === 'delete' ? 'delete' : 'set';
    if (recursive) call.print(`[${action}] ${event.key}`);
    const node = { key: event.key, value: event.value, createdIndex: 0, modifiedIndex: event.revision };
    const prevNode = before === undefined ? {} : { prevNode: { ...node, value: before } };
    printAnswer(call, { action, node, ...prevNode, index: event.revision });
    return call.flags.forever === true;
  });
  return 0;
};

/** `exec-watch KEY -- COMMAND ARGS`: runs the command for each change, with ETCD_WATCH_* in its environment, until SIGINT. */
export const execWatch: V2Command = async (call) => {
  const [, command, ...args] = call.args;
  if (command === undefined) throw badArguments('key and command to exec required');
  let failed = false;
  const stop = new AbortController();
  await changes({ ...call, signal: AbortSignal.any([call.signal, stop.signal]) }, keyOf(call), (event) => {
    const env = {
      ...process.env,
      ETCD_WATCH_ACTION: event.type === 'delete' ? 'delete' : 'set',
      ETCD_WATCH_MODIFIED_INDEX: String(event.revision),
      ETCD_WATCH_KEY: event.key,
      ETCD_WATCH_VALUE: event.value,
    };
    spawn(command, args, { env, stdio: ['ignore', 'inherit', 'inherit'] }).on('error', (error) => {
      call.warn(error.message);
      failed = true;
      stop.abort();
    });
    return true;
  });
  return failed ? 1 : 0;
};

/** Calls `each` for every change at (or, with --recursive, below) the path until it returns false or the signal comes. */
async function changes(
  call: Call,
  path: string,
  each: (event: StoreEvent, before: string | undefined) => boolean,
): Promise<void> {
  const { store, signal } = call;
  const inside = path === '/' ? '/' : `${path}/`;
  const listing = await store.list(path);
  const values = new Map(listing.items.map((kv) => [kv.key, kv.value]));
  const afterIndex = numberFlag(call, 'after-index');
  const concerns = (key: string) =>
    key === path ||
    (call.flags.recursive === true && key.startsWith(inside) && !key.endsWith('/') && !isHidden(path, key));

  let finish = () => {};
  const finished = new Promise<void>((resolve) => (finish = resolve));
  signal.addEventListener('abort', finish);
  let over = false;
  const handlers = {
    onEvent(event: StoreEvent) {
      const before = values.get(event.key);
      if (event.type === 'put') values.set(event.key, event.value);
      else values.delete(event.key);
      if (over || !concerns(event.key)) return;
      over = !each(event, before);
      if (over) finish();
    },
  };
  const open = await store.watch(path, handlers, (afterIndex ?? listing.revision) + 1);
  if (signal.aborted) finish();
  await finished;
  await open.close();
}
