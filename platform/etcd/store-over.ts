import type { Connection } from './connection.ts';
import { requester, type Requester } from './requester.ts';
import { ResumingWatch } from './resuming-watch.ts';
import { selfRenewingLease } from './self-renewing-lease.ts';
import type { EtcdStore } from './store.ts';
import { wire } from './wire.ts';

/** The store over any connections to the members of one etcd cluster; the first endpoint is the one preferred. */
export function storeOver(connections: readonly Connection[], timeoutMs: number): EtcdStore {
  const members = requester(connections, timeoutMs);
  const open = new Set<{ close(): unknown }>();
  const form = members.bytes;
  const { granted: grantedLease, ...leases } = leasesOver(members);
  const write = (method: 'put' | 'deleteRange' | 'txn', request: object) => members.request(method, request, 'write');

  const store: EtcdStore = {
    async get(key) {
      const answer = await members.request('range', wire.rangeRequest(form, key, false), 'read');
      return wire.readRange(form, answer).items[0];
    },
    async list(prefix) {
      return wire.readRange(form, await members.request('range', wire.rangeRequest(form, prefix, true), 'read'));
    },
    async changesSince(prefix, revision) {
      return wire.readChanges(
        form,
        await members.request('range', wire.changesRequest(form, prefix, revision), 'read'),
      );
    },
    async put(key, value, lease) {
      await write('put', wire.putRequest(form, key, value, lease));
    },
    async delete(key) {
      return deleted(await write('deleteRange', wire.deleteRequest(form, key, false)));
    },
    async deletePrefix(prefix) {
      return deleted(await write('deleteRange', wire.deleteRequest(form, prefix, true)));
    },
    async transact(guards, writes) {
      const answer = await write('txn', wire.txnRequest(form, guards, writes));
      return wire.readTransaction(answer);
    },
    ...leases,
    async grant(ttlSeconds, onRenewed) {
      const granted = await grantedLease(ttlSeconds);
      const lease = selfRenewingLease(store, granted.id, granted.ttl, {
        end: () => open.delete(entry),
        renewed: onRenewed,
      });
      const entry = { close: () => lease.abandon() };
      open.add(entry);
      return lease;
    },
    async watch(prefix, handlers, fromRevision) {
      const watch = new ResumingWatch(members, prefix, handlers, fromRevision);
      open.add(watch);
      await watch.ready;
      return {
        async close() {
          open.delete(watch);
          watch.close();
        },
      };
    },
    async close() {
      for (const entry of open) entry.close();
      open.clear();
      for (const connection of connections) connection.close();
    },
  };
  return store;
}

function deleted(answer: unknown): number {
  return wire.int((answer as { deleted?: string }).deleted);
}

/** The store's words on leases, and `granted`: an id with the seconds that etcd gave it. */
function leasesOver(members: Requester) {
  /** A grant that is repeated leaves at worst one lease too many, which dies by itself: as safe to repeat as a read. */
  const granted = async (ttlSeconds: number): Promise<{ id: string; ttl: number }> => {
    const ttl = Math.max(1, Math.ceil(ttlSeconds));
    const answer = await members.request('leaseGrant', { TTL: String(ttl), ID: '0' }, 'read');
    const { ID, TTL } = answer as { ID: string; TTL?: string };
    return { id: ID, ttl: wire.int(TTL) || ttl };
  };
  return {
    granted,
    grantOnce: async (ttlSeconds: number) => (await granted(ttlSeconds)).id,
    async keepAliveOnce(leaseId: string) {
      const answer = await members.request('leaseKeepAlive', { ID: leaseId }, 'read');
      return wire.int((answer as { TTL?: string }).TTL);
    },
    async leaseTtl(leaseId: string) {
      const answer = await members.request('leaseTimeToLive', { ID: leaseId, keys: true }, 'read');
      const { TTL, grantedTTL, keys } = answer as { TTL?: string; grantedTTL?: string; keys?: unknown[] };
      const decoded = (keys ?? []).map((key) => members.bytes.decode(key));
      return { granted: wire.int(grantedTTL), remaining: wire.int(TTL), keys: decoded };
    },
    async revokeLease(leaseId: string) {
      await members.request('leaseRevoke', { ID: leaseId }, 'read').catch((error: unknown) => {
        if ((error as { code?: string }).code !== 'state.etcd-lease') throw error;
      });
    },
  };
}
