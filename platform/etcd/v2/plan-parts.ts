import type { KeyValue } from '../store.ts';
import type { KeysRequest } from './keys-request.ts';
import type { Parent, Place } from './place.ts';
import { refusal, type Refusal } from './refusal.ts';
import type { Condition, PlannedWrite } from './write-plan.ts';

/**
 * A directory of v2 stays when its last key goes; one that is only implied would not. What is removed here, or may run out,
 * leaves it marked.
 */
export function keepParent({ parents }: Place): PlannedWrite[] {
  const last = parents.at(-1);
  return last === undefined || last.marker ? [] : [mark(last.path, leaseAbove(parents))];
}

/** Makes a directory one by itself. @param lease that it hangs on */
export function mark(path: string, lease?: string) {
  return { put: `${path}/`, value: '', lease };
}

/** The lease of the nearest directory that runs out: what is written in it, without a time of its own, goes with it. */
export function leaseAbove(parents: readonly Parent[]): string | undefined {
  return leasedAbove(parents)?.marker?.lease;
}

/** That directory is to be as it was. */
export function leaseStands({ parents }: Place): Condition[] {
  const above = leasedAbove(parents);
  return above === undefined ? [] : [unchanged(`${above.path}/`, above.marker)];
}

function leasedAbove(parents: readonly Parent[]): Parent | undefined {
  return parents.findLast(({ marker }) => marker !== undefined && marker.lease !== '0');
}

/** Holds while nobody has written a key since it was read as `kv`; undefined: while it is not there. Pure. */
export function unchanged(key: string, kv: KeyValue | undefined): Condition {
  return kv ? { key, modRevision: kv.modRevision } : absent(key);
}

/** Holds while there is no such key. Pure. */
export function absent(key: string): Condition {
  return { key, absent: true };
}

/** Hold while no parent of a place has become a file. Pure. */
export function way({ parents }: Place): Condition[] {
  return parents.map(({ path }) => absent(path));
}

/** 104 when a parent is a file; else 100, naming the first part that is missing. */
export function missing({ path, parents, index }: Place): Refusal {
  const file = parents.find(({ isFile }) => isFile);
  const gap = parents.find(({ isFile, isDirectory }) => !isFile && !isDirectory);
  if (file) return refusal(104, file.path, index);
  return refusal(100, gap?.path ?? path, index);
}

/** v2's words: `[wanted != found]`, only what differs. */
export function differences(request: KeysRequest, place: Place, file: KeyValue): Refusal | undefined {
  const { prevValue, prevIndex } = request;
  const found = [
    ...(prevValue !== '' && prevValue !== file.value ? [`[${prevValue} != ${file.value}]`] : []),
    ...(prevIndex > 0n && prevIndex !== BigInt(file.modRevision) ? [`[${prevIndex} != ${file.modRevision}]`] : []),
  ];
  return found.length === 0 ? undefined : refusal(101, found.join(' '), place.index);
}
