import { tell, type Done } from './action.ts';
import type { KeysRequest } from './keys-request.ts';
import { absent } from './plan-parts.ts';
import { parentsOf } from './tree.ts';
import type { Condition, PlannedWrite } from './write-plan.ts';

/** A write that needs no look at the place: it is done when the conditions hold. When they do not, `planWrite` says what is to be done. */
export interface AtOnce {
  readonly action: Done;
  readonly conditions: readonly Condition[];
  /** The key itself is the first. */
  readonly writes: readonly PlannedWrite[];
}

/** A `PUT` of a value without a time to live, as most are. Undefined: any other request. */
export function planAtOnce(request: KeysRequest): AtOnce | undefined {
  const { method, path, value, dir, ttl, refresh } = request;
  if (method !== 'PUT' || path === '/' || dir || refresh || ttl !== undefined) return undefined;
  if (request.prevIndex > BigInt(Number.MAX_SAFE_INTEGER)) return undefined;
  const action = actionOf(request);
  const parents = parentsOf(path);
  const unleased = parents.map((parent): Condition => ({ unleased: `${parent}/` }));
  return {
    action,
    conditions: [...conditionsOf(request, action), ...parents.map(absent), ...unleased],
    writes: [{ put: path, value }, ...tell(action)],
  };
}

function actionOf({ prevExist, prevIndex, prevValue }: KeysRequest): Done {
  if (prevExist === false) return 'create';
  if (prevIndex > 0n || prevValue !== '') return 'compareAndSwap';
  return prevExist === true ? 'update' : 'set';
}

function conditionsOf({ path: key, prevIndex, prevValue }: KeysRequest, action: Done): Condition[] {
  const isNoDirectory: Condition[] = [{ emptyBelow: key }, absent(`${key}/`)];
  if (action === 'create') return [absent(key), ...isNoDirectory];
  if (action === 'set') return isNoDirectory;
  if (action === 'update') return [{ key, exists: true }];
  return [
    ...(prevIndex > 0n ? [{ key, modRevision: Number(prevIndex) }] : []),
    ...(prevValue === '' ? [] : [{ key, value: prevValue }]),
  ];
}
