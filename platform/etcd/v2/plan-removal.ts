import type { KeyValue } from '../store.ts';
import { tell, tellRemoved, type Done } from './action.ts';
import type { KeysRequest } from './keys-request.ts';
import { directoryOf, nodeOf, type V2Node } from './node.ts';
import type { Place } from './place.ts';
import { differences, keepParent, missing, unchanged, way } from './plan-parts.ts';
import { refusal, type Refusal, type RefusalCode } from './refusal.ts';
import type { WritePlan } from './write-plan.ts';

/** What a DELETE does: a key; a directory when `dir` or `recursive` says so. */
export function planRemoval(request: KeysRequest, place: Place, compares: boolean): WritePlan | Refusal {
  const no = (code: RefusalCode) => refusal(code, place.path, place.index);
  const { path, file, marker } = place;
  if (!file && !place.isDirectory) return missing(place);
  if (file) {
    const differs = compares ? differences(request, place, file) : undefined;
    if (differs) return differs;
    const action = compares ? 'compareAndDelete' : 'delete';
    const writes = [{ delete: path }, ...keepParent(place), ...tell(action, file.lease)];
    const conditions = [unchanged(path, file), ...way(place)];
    return { ...removed(path, action, file, nodeOf(file)), conditions, writes };
  }
  if (compares || (!request.dir && !request.recursive)) return no(102);
  if (!request.recursive && place.below) return no(108);
  const gone = removed(path, 'delete', marker, directoryOf(path, marker, place.below));
  const conditions = request.recursive ? way(place) : [{ emptyBelow: path }, ...way(place)];
  const writes = [{ delete: `${path}/`, prefix: true }, ...keepParent(place), ...tellRemoved(path)];
  return { ...gone, isDirectory: true, conditions, writes };
}

function removed(path: string, action: Done, before: KeyValue | undefined, prevNode: V2Node) {
  const nothing = { contents: undefined, value: undefined, ttl: undefined, refresh: false, isDirectory: false };
  return { ...nothing, action, path, before, prevNode };
}
