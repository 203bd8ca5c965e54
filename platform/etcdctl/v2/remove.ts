import type { KeyValue } from '../../etcd/store.ts';
import { tell, tellRemoved } from '../../etcd/v2/action.ts';
import { numberFlag, textFlag, writableKeyOf, type Call, type V2Command } from './command.ts';
import { v2Failure } from './failure.ts';
import { release } from './leases.ts';
import { directoryNode, printAnswer } from './print.ts';
import { failMissing, placeAt, type Place } from './tree.ts';
import { failCompare, plainNode } from './write.ts';

/** `rm KEY`: a key; with --dir an empty directory too; with --recursive a directory and all below it. */
export const rm: V2Command = async (call) => {
  const path = await writableKeyOf(call);
  const place = await placeAt(call.store, path);
  if (place.isDirectory && !place.file) {
    if (call.flags.recursive === true) return removeDirectory(call, place);
    if (call.flags.dir === true) return removeEmpty(call, place);
    throw v2Failure(102, path, place.index);
  }
  return removeFile(call, place);
};

/** `rmdir KEY`: an empty directory or a key. */
export const rmdir: V2Command = async (call) => {
  const place = await placeAt(call.store, await writableKeyOf(call));
  return place.isDirectory && !place.file ? removeEmpty(call, place) : removeFile(call, place);
};

async function removeFile(call: Call, first: Place): Promise<number> {
  const [value, index] = [textFlag(call, 'with-value'), numberFlag(call, 'with-index')];
  for (let place = first; ; place = await placeAt(call.store, first.path)) {
    if (!place.file) return failMissing(call.store, place.path, place.index);
    failCompare(place.file, value, index, place.index);
    const { key, modRevision, lease } = place.file;
    const action = value !== undefined || index !== undefined ? 'compareAndDelete' : 'delete';
    if (!(await call.store.transact([{ key, modRevision }], [{ delete: key }, ...tell(action, lease)]))) continue;
    await release(call.store, lease);
    printRemoved(call, action, place.file, place.index + 1);
    return 0;
  }
}

async function removeEmpty(call: Call, place: Place): Promise<number> {
  if (place.below.length > 0) throw v2Failure(108, place.path, place.index);
  await call.store.delete(`${place.path}/`);
  await release(call.store, place.marker?.lease);
  return removedDirectory(call, place);
}

async function removeDirectory(call: Call, place: Place): Promise<number> {
  const leases = new Set([place.marker, ...place.below].map((kv) => kv?.lease));
  await call.store.transact([], [{ delete: `${place.path}/`, prefix: true }, ...tellRemoved(place.path)]);
  for (const lease of leases) await release(call.store, lease);
  return removedDirectory(call, place);
}

function removedDirectory(call: Call, place: Place): number {
  if (call.output !== 'simple') {
    printAnswer(call, { action: 'delete', node: directoryNode(place.path), index: place.index + 1 });
  }
  return 0;
}

function printRemoved(call: Call, action: 'delete' | 'compareAndDelete', file: KeyValue, index: number): void {
  const node = { key: file.key, value: '', createdIndex: file.createRevision, modifiedIndex: index };
  printAnswer(call, { action, node, prevNode: plainNode(file), index });
}
