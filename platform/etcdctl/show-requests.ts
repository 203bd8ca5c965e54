import type { EtcdStore } from '../etcd/store.ts';
import { wire } from '../etcd/wire.ts';
import { base64 as form } from '../etcd/ask.ts';

/**
 * The store with --debug: each request is shown first as the cURL command that repeats it. It names the first endpoint, also when
 * another one answers in the end.
 */
export function showRequests(store: EtcdStore, endpoints: readonly string[], warn: (line: string) => void): EtcdStore {
  warn(`Cluster-Endpoints: ${endpoints.join(', ')}`);
  const show = (path: string, body: object) => {
    const text = JSON.stringify(body).replaceAll("'", String.raw`'\''`);
    warn(`cURL Command: curl -X POST ${endpoints[0]?.replace(/\/+$/, '')}/v3/${path} -d '${text}'`);
  };
  return {
    ...store,
    get(key) {
      show('kv/range', wire.rangeRequest(form, key, false));
      return store.get(key);
    },
    list(prefix) {
      show('kv/range', wire.rangeRequest(form, prefix, true));
      return store.list(prefix);
    },
    put(key, value, lease) {
      show('kv/put', wire.putRequest(form, key, value, lease));
      return store.put(key, value, lease);
    },
    delete(key) {
      show('kv/deleterange', wire.deleteRequest(form, key, false));
      return store.delete(key);
    },
    deletePrefix(prefix) {
      show('kv/deleterange', wire.deleteRequest(form, prefix, true));
      return store.deletePrefix(prefix);
    },
    transact(guards, writes) {
      show('kv/txn', wire.txnRequest(form, guards, writes));
      return store.transact(guards, writes);
    },
    watch(prefix, handlers, fromRevision) {
      show('watch', wire.watchRequest(form, prefix, fromRevision));
      return store.watch(prefix, handlers, fromRevision);
    },
  };
}
