import { tell, type Done } from '../../etcd/v2/action.ts';
import { numberFlag, writableKeyOf, type Call, type V2Command } from './command.ts';
import { v2Failure } from './failure.ts';
import { release } from './leases.ts';
import { directoryNode, printAnswer } from './print.ts';
import { failMissing, failUnderFile, parentsOf, placeAt } from './tree.ts';

/**
 * `mkdir KEY`: markers for the directory and every parent. With --ttl the marker alone has the time to live: keys below keep
 * their own (v2 removed them with the directory).
 */
export const mkdir: V2Command = async (call) => {
  const path = await writableKeyOf(call);
  const place = await placeAt(call.store, path);
  if (place.file || place.isDirectory) throw v2Failure(105, path, place.index);
  await failUnderFile(call.store, path);
  await putMarker(call, 'create', path, parentsOf(path));
  return answered(call, 'create', path);
};

/** `setdir KEY`: makes a directory; one that is there already is refused with 102, as in v2. */
export const setdir: V2Command = async (call) => {
  const path = await writableKeyOf(call);
  const place = await placeAt(call.store, path);
  if (place.isDirectory) throw v2Failure(102, path, place.index);
  await failUnderFile(call.store, path);
  // v2 turns a file into a directory here.
  if (place.file) await call.store.delete(path);
  await putMarker(call, 'set', path);
  return answered(call, 'set', path);
};

/** `updatedir KEY [--ttl N]`: gives a directory a new time to live, or none. */
export const updatedir: V2Command = async (call) => {
  const path = await writableKeyOf(call);
  const place = await placeAt(call.store, path);
  if (!place.isDirectory) {
    if (place.file) throw v2Failure(104, path, place.index);
    return failMissing(call.store, path, place.index);
  }
  await putMarker(call, 'update', path);
  await release(call.store, place.marker?.lease);
  return answered(call, 'update', path);
};

/** One change, with the marks of those of its parents that have none. */
async function putMarker(call: Call, action: Done, path: string, parents: readonly string[] = []): Promise<void> {
  const ttl = numberFlag(call, 'ttl');
  const lease = ttl !== undefined && ttl > 0 ? await call.store.grantOnce(ttl) : undefined;
  const own = lease === undefined ? mark(path) : { ...mark(path), lease };
  for (;;) {
    const marks = await Promise.all(parents.map((parent) => call.store.get(`${parent}/`)));
    const bare = parents.filter((_, i) => marks[i] === undefined);
    const guards = bare.map((parent) => ({ key: `${parent}/`, absent: true }) as const);
    if (await call.store.transact(guards, [...bare.map(mark), own, ...tell(action)])) return;
  }
}

function mark(path: string) {
  return { put: `${path}/`, value: '' };
}

/** The simple form of a directory command prints nothing. */
function answered(call: Call, action: 'create' | 'set' | 'update', path: string): number {
  if (call.output !== 'simple') printAnswer(call, { action, node: directoryNode(path), index: 0 });
  return 0;
}
