import type { KeyValue } from '../store.ts';
import { tell, type Done } from './action.ts';
import type { KeysRequest } from './keys-request.ts';
import { directoryOf, nodeOf } from './node.ts';
import type { Place } from './place.ts';
import {
  absent,
  differences,
  keepParent,
  leaseAbove,
  leaseStands,
  mark,
  missing,
  unchanged,
  way,
} from './plan-parts.ts';
import { planRemoval } from './plan-removal.ts';
import { refusal, type Refusal, type RefusalCode } from './refusal.ts';
import type { Condition, WritePlan } from './write-plan.ts';

/** What a PUT, POST or DELETE does at a place, or why it is refused. Rules and their order as etcd's store has them. */
export function planWrite(request: KeysRequest, place: Place): WritePlan | Refusal {
  if (request.method === 'POST') return planInOrder(request, place);
  if (request.path === '/') return refusal(107, '/', place.index);
  const compares = request.prevIndex > 0n || request.prevValue !== '';
  if (request.method === 'DELETE') return planRemoval(request, place, compares);
  if (request.prevExist === false) return planPut(request, place, 'create');
  if (compares) return planSwap(request, place);
  return planPut(request, place, request.prevExist === true ? 'update' : 'set');
}

function planPut(request: KeysRequest, place: Place, action: 'create' | 'set' | 'update'): WritePlan | Refusal {
  const no = (code: RefusalCode) => refusal(code, place.path, place.index);
  const { file, isDirectory } = place;
  const isThere = file !== undefined || isDirectory;
  const wayBlocked = missing(place);
  if (wayBlocked.code === 104) return wayBlocked;
  if (action === 'create' && isThere) return no(105);
  if ((action === 'update' || (request.refresh && action === 'set')) && !isThere) return wayBlocked;
  if (file)
    return request.dir && action === 'set' ? directoryForFile(request, place, file) : putFile(request, place, action);
  if (isDirectory) {
    if (action !== 'update' || (request.value !== '' && !request.refresh)) return no(102);
    return putDirectory(request, place, action);
  }
  return request.dir ? putDirectory(request, place, action) : putFile(request, place, action);
}

function planSwap(request: KeysRequest, place: Place): WritePlan | Refusal {
  if (!place.file) return place.isDirectory ? refusal(102, place.path, place.index) : missing(place);
  return differences(request, place, place.file) ?? putFile(request, place, 'compareAndSwap');
}

/** A node named by the store's next revision, in the directory at the path. */
function planInOrder(request: KeysRequest, place: Place): WritePlan | Refusal {
  const wayBlocked = missing(place);
  if (wayBlocked.code === 104) return wayBlocked;
  if (place.file) return refusal(104, place.path, place.index);
  const name = String(place.index + 1).padStart(20, '0');
  const path = place.path === '/' ? `/${name}` : `${place.path}/${name}`;
  const self = {
    path: place.path,
    isFile: false,
    isDirectory: place.isDirectory,
    marker: place.marker,
  };
  const parents = place.path === '/' ? [] : [...place.parents, self];
  const free: Place = {
    ...place,
    path,
    parents,
    file: undefined,
    marker: undefined,
    below: undefined,
    isDirectory: false,
  };
  const plan = request.dir ? putDirectory(request, free, 'create') : putFile(request, free, 'create');
  // Names are handed out in the order of the writes: whoever read an older revision looks again.
  const inOrder: Condition = { unchangedBelow: place.path, since: place.index };
  return { ...plan, conditions: [...plan.conditions, inOrder] };
}

function putFile(request: KeysRequest, place: Place, action: Done): WritePlan {
  const { path, file } = place;
  const { ttl } = request;
  const refresh = request.refresh && file !== undefined;
  const value = refresh ? file.value : request.value;
  const isNew: Condition[] = file ? [] : [{ emptyBelow: path }, absent(`${path}/`)];
  const put = { put: path, value, leased: ttl !== undefined, lease: leaseAbove(place.parents) };
  return {
    action,
    conditions: [unchanged(path, file), ...isNew, ...way(place), ...leaseStands(place)],
    writes: [put, ...(ttl === undefined ? [] : keepParent(place)), ...tell(refresh ? 'refresh' : action)],
    contents: undefined,
    path,
    value,
    isDirectory: false,
    before: file,
    prevNode: file && nodeOf(file),
    ttl,
    refresh,
  };
}

function putDirectory(request: KeysRequest, place: Place, action: Done): WritePlan {
  const { path, marker } = place;
  const { ttl } = request;
  const prevNode = place.isDirectory ? directoryOf(path, marker, place.below) : undefined;
  const refresh = request.refresh && place.isDirectory;
  const above = place.parents.flatMap((parent, i) =>
    parent.marker ? [] : [mark(parent.path, leaseAbove(place.parents.slice(0, i)))],
  );
  const lease = leaseAbove(place.parents);
  const own = { ...mark(path, lease), leased: ttl !== undefined };
  const hungOn = marker === undefined ? (lease ?? '0') : marker.lease;
  return {
    action,
    conditions: [unchanged(`${path}/`, marker), absent(path), ...way(place), ...leaseStands(place)],
    writes: [own, ...above, ...tell(refresh ? 'refresh' : action)],
    contents: place.isDirectory && place.below ? { hungOn, lease } : undefined,
    path,
    value: undefined,
    isDirectory: true,
    before: marker,
    prevNode,
    ttl,
    refresh,
  };
}

/** v2 lets `set` make a directory of a file. */
function directoryForFile(request: KeysRequest, place: Place, file: KeyValue): WritePlan {
  const plan = putDirectory({ ...request, refresh: false }, place, 'set');
  return {
    ...plan,
    conditions: [unchanged(place.path, file), absent(`${place.path}/`), ...way(place)],
    writes: [{ delete: place.path }, ...plan.writes],
    before: file,
    prevNode: nodeOf(file),
  };
}
