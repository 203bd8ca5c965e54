import type { EtcdStore, KeyValue, Lease } from '../etcd/store.ts';
import { tell } from '../etcd/v2/action.ts';

/** One key of etcd that is only written, renewed and removed while it is absent or hangs on the lease held here. */
export interface OwnKey {
  /** Whether what stands at the key hangs on the lease that is held here. */
  isOwn(there: KeyValue | undefined): boolean;
  /** Makes it unless another was quicker. */
  make(value: string): Promise<void>;
  /** Takes the lease's place that it hangs on, if it has not changed meanwhile: a refresh, of which no watch of v2 tells. */
  takeOver(there: KeyValue): Promise<void>;
  /** Ends the lease, and before that the key, if it is its own: a removal, and no expiry. */
  remove(there: KeyValue | undefined): Promise<void>;
}

/** @param onLost etcd has said that the lease is gone, though nobody ended it here */
export function ownKey(store: EtcdStore, key: string, ttlSeconds: number, onLost: () => void): OwnKey {
  let lease: Lease | undefined;
  const held = async (): Promise<string> => {
    if (lease !== undefined) return lease.id;
    const mine = await store.grant(ttlSeconds);
    lease = mine;
    void mine.lost.then(() => {
      if (lease !== mine) return;
      lease = undefined;
      onLost();
    });
    return mine.id;
  };
  const isOwn = (there: KeyValue | undefined) => there !== undefined && there.lease === lease?.id;
  return {
    isOwn,
    async make(value) {
      const put = { put: key, value, lease: await held() };
      await store.transact([{ key, absent: true }], [put, ...tell('create')]);
    },
    async takeOver({ modRevision, value }) {
      const put = { put: key, value, lease: await held() };
      await store.transact([{ key, modRevision }], [put, ...tell('refresh')]);
    },
    async remove(there) {
      if (lease === undefined) return;
      if (there !== undefined && isOwn(there)) {
        const guard = { key, modRevision: there.modRevision };
        await store.transact([guard], [{ delete: key }, ...tell('delete', lease.id)]);
      }
      const mine = lease;
      lease = undefined;
      await mine.revoke();
    },
  };
}
