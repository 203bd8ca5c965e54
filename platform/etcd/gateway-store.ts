import { gatewayConnection } from './gateway-connection.ts';
import type { EtcdStore } from './store.ts';
import { storeOver } from './store-over.ts';

/**
 * The same store over etcd's JSON gateway, for what must be there at once: processes that live for one request (etcdctl in a
 * sidekick's loop), the daemons fleetd and flanneld, and the lab on the host. No gRPC and no protobuf to load. Same options and
 * errors as `openEtcd`.
 */
export function gatewayStore(opts: { endpoints: string[]; timeoutMs?: number }): EtcdStore {
  return storeOver(opts.endpoints.map(gatewayConnection), opts.timeoutMs ?? 2000);
}
