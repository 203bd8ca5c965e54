import type { KeysRequest } from './keys-request.ts';
import type { KeyAnswer } from './read-key.ts';
import type { Refusal } from './refusal.ts';

/** What `/v2/stats/store` counts: requests that this process has answered. */
export interface StoreStats {
  /** Counts a request by what it asked for and how it ended. */
  count(request: KeysRequest, answer: KeyAnswer | Refusal): void;
  /** In etcd's names and order. */
  counts(watchers: number): object;
}

/** Counts from 0 what GET /v2/stats/store tells, for as long as this process lives. */
export function storeStats(): StoreStats {
  const counts = { ...nothing };
  return {
    count(request, answer) {
      const kind = kindOf(request);
      counts[`${kind}${'code' in answer ? 'Fail' : 'Success'}`]++;
    },
    counts: (watchers) => ({ ...counts, expireCount: 0, watchers }),
  };
}

type Kind = 'gets' | 'sets' | 'delete' | 'update' | 'create' | 'compareAndSwap' | 'compareAndDelete';

const nothing: Record<`${Kind}${'Success' | 'Fail'}`, number> = {
  getsSuccess: 0,
  getsFail: 0,
  setsSuccess: 0,
  setsFail: 0,
  deleteSuccess: 0,
  deleteFail: 0,
  updateSuccess: 0,
  updateFail: 0,
  createSuccess: 0,
  createFail: 0,
  compareAndSwapSuccess: 0,
  compareAndSwapFail: 0,
  compareAndDeleteSuccess: 0,
  compareAndDeleteFail: 0,
};

function kindOf({ method, prevExist, prevIndex, prevValue }: KeysRequest): Kind {
  const compares = prevIndex > 0n || prevValue !== '';
  if (method === 'GET' || method === 'HEAD') return 'gets';
  if (method === 'DELETE') return compares ? 'compareAndDelete' : 'delete';
  if (method === 'POST' || prevExist === false) return 'create';
  if (compares) return 'compareAndSwap';
  return prevExist === true ? 'update' : 'sets';
}
