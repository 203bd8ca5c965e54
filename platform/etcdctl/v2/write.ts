import type { LabError } from '#errors/lab-error.ts';
import type { EtcdStore, Guard, KeyValue } from '../../etcd/store.ts';
import { tell, type Done } from '../../etcd/v2/action.ts';
import { numberFlag, textFlag, valueOf, writableKeyOf, type Call, type V2Command } from './command.ts';
import { v2Failure } from './failure.ts';
import { refresh, release } from './leases.ts';
import { nodeOf, printAnswer } from './print.ts';
import { failMissing, failUnderFile, parentsOf, placeAt, type Place } from './tree.ts';
/**
 * `set KEY VALUE [--ttl N]`: always a put event, even with the old value: that is what the chapter's apps restart on. A new
 * lease when there is a time to live; the one the key hung on before is ended. Only `--swap-with-value` of the very value that is
 * set, with the time to live it has, is a refresh as with `update`: who announces itself so never writes over another's word.
 */
export const set: V2Command = async (call) => {
  const [path, value] = [await writableKeyOf(call), valueOf(call)];
  const [swapValue, swapIndex] = [textFlag(call, 'swap-with-value'), numberFlag(call, 'swap-with-index')];
  if (swapValue === value && swapIndex === undefined && (await refreshed(call, path, value))) return 0;
  const conditional = swapValue !== undefined || swapIndex !== undefined;
  return write(call, path, value, conditional ? 'compareAndSwap' : 'set', async (place) => {
    if (!conditional) return;
    if (!place.file) await failMissing(call.store, path, place.index);
    else failCompare(place.file, swapValue, swapIndex, place.index);
  });
};

/** `mk KEY VALUE`: creates, never overwrites. With --in-order, a key below KEY named by the store's revision, 20 digits. */
export const mk: V2Command = async (call) => {
  const [path, value] = [await writableKeyOf(call), valueOf(call)];
  const create = (key: string) =>
    write(call, key, value, 'create', async (place) => {
      if (place.file || place.isDirectory) throw v2Failure(105, key, place.index);
    });
  if (call.flags['in-order'] !== true) return create(path);
  for (;;) {
    const next = (await call.store.list(path)).revision + 1;
    try {
      return await create(`${path}/${String(next).padStart(20, '0')}`);
    } catch (error) {
      // Another creator read the same revision and was first: there is a newer one now.
      if ((error as LabError).code !== 'state.etcd-v2-105') throw error;
    }
  }
};

/**
 * `update KEY VALUE [--ttl N]`: only a key that is there. The same value with a live lease of the same time to live is a **refresh**:
 * the lease is kept alive once and nothing is written, so no watcher sees it. Anything else is a put with a new lease.
 */
export const update: V2Command = async (call) => {
  const [path, value] = [await writableKeyOf(call), valueOf(call)];
  if (await refreshed(call, path, value)) return 0;
  return write(call, path, value, 'update', async (now) => {
    if (!now.file && !now.isDirectory) await failMissing(call.store, path, now.index);
  });
};

/** Keeps the lease of a key alive that holds this value already; false: there is something to write. */
async function refreshed(call: Call, path: string, value: string): Promise<boolean> {
  const place = await placeAt(call.store, path);
  if (place.file?.value !== value) return false;
  if (!(await refresh(call.store, place.file.lease, numberFlag(call, 'ttl')))) return false;
  const node = { ...(await nodeIfShown(call, place.file)), value };
  printAnswer(call, { action: 'update', node, prevNode: node, index: place.index });
  return true;
}

/** Throws 101 in v2's words: `[wanted != found]`, only the parts that differ. */
export function failCompare(
  kv: KeyValue,
  value: string | undefined,
  index: number | undefined,
  revision: number,
): void {
  const differences = [
    ...(value !== undefined && value !== kv.value ? [`[${value} != ${kv.value}]`] : []),
    ...(index !== undefined && index !== kv.modRevision ? [`[${index} != ${kv.modRevision}]`] : []),
  ];
  if (differences.length > 0) throw v2Failure(101, differences.join(' '), revision);
}

/** Reads the place, lets the command object, and writes if nothing has moved meanwhile; else looks again. */
async function write(
  call: Call,
  path: string,
  value: string,
  action: Done,
  object: (place: Place) => Promise<void>,
): Promise<number> {
  const { store } = call;
  const ttl = numberFlag(call, 'ttl');
  let lease: string | undefined;
  try {
    for (;;) {
      const place = await placeAt(store, path);
      if (action !== 'create' && place.isDirectory && !place.file) throw v2Failure(102, path, place.index);
      await object(place);
      if (ttl !== undefined && ttl > 0) lease ??= await store.grantOnce(ttl);
      const guards: Guard[] = [
        unchanged(path, place.file),
        ...parentsOf(path).map((key) => ({ key, absent: true }) as const),
      ];
      const put = { put: path, value, ...(lease === undefined ? {} : { lease }) };
      if (await store.transact(guards, [put, ...tell(action)])) {
        await release(store, place.file?.lease);
        await report(call, action, path, value, place.file);
        return 0;
      }
      await failUnderFile(store, path);
    }
  } catch (error) {
    if (lease !== undefined) await dropUnused(store, lease);
    throw error;
  }
}

/** A lease granted for a write that did not happen; when etcd is away it runs out by itself. */
async function dropUnused(store: EtcdStore, lease: string): Promise<void> {
  await release(store, lease).catch(() => undefined);
}

function unchanged(path: string, file: KeyValue | undefined): Guard {
  return file ? { key: path, modRevision: file.modRevision } : { key: path, absent: true };
}

async function report(call: Call, action: Done, path: string, value: string, before: KeyValue | undefined) {
  if (call.output === 'simple') return call.print(value);
  const now = await call.store.get(path);
  if (!now) return;
  const prevNode = before ? { prevNode: { ...plainNode(before) } } : {};
  printAnswer(call, { action, node: await nodeOf(call.store, now), ...prevNode, index: now.modRevision });
}

/** The simple form shows the value alone: do not ask for the rest. */
async function nodeIfShown(call: Call, kv: KeyValue) {
  return call.output === 'simple' ? plainNode(kv) : nodeOf(call.store, kv);
}

/** A key as v2's answers have it. Pure. */
export function plainNode(kv: KeyValue) {
  return { key: kv.key, value: kv.value, createdIndex: kv.createRevision, modifiedIndex: kv.modRevision };
}
