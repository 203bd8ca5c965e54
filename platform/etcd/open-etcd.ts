import { grpcConnection } from './grpc-connection.ts';
import type { EtcdStore } from './store.ts';
import { storeOver } from './store-over.ts';

/**
 * The store over gRPC, for the apps (worker, web); daemons and tools take `gatewayStore`, which is there sooner. Connects lazily: opening succeeds with etcd down, requests then reject with
 * `timeout.etcd…`. `timeoutMs` bounds one request to one member (default 2000); with several endpoints a read may take 2.5 times
 * that. Endpoints as `http://127.0.0.1:2379`, the nearest first.
 */
export function openEtcd(opts: { endpoints: string[]; timeoutMs?: number }): EtcdStore {
  return storeOver(opts.endpoints.map(grpcConnection), opts.timeoutMs ?? 2000);
}
