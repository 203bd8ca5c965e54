import type { WireMethod } from './wire.ts';

/** Beyond what the store needs: the cluster's members, and one member's own state (rpc.proto: Cluster, Maintenance). */
export type GatewayMethod = WireMethod | 'memberList' | 'memberAdd' | 'memberRemove' | 'status';

/** Where etcd's JSON gateway takes them, all by POST (etcd documentation "gRPC gateway", prefix /v3 since 3.4). */
export const gatewayPaths: Readonly<Record<GatewayMethod, string>> = {
  range: '/v3/kv/range',
  put: '/v3/kv/put',
  deleteRange: '/v3/kv/deleterange',
  txn: '/v3/kv/txn',
  leaseGrant: '/v3/lease/grant',
  leaseRevoke: '/v3/lease/revoke',
  leaseTimeToLive: '/v3/lease/timetolive',
  leaseKeepAlive: '/v3/lease/keepalive',
  memberList: '/v3/cluster/member/list',
  memberAdd: '/v3/cluster/member/add',
  memberRemove: '/v3/cluster/member/remove',
  status: '/v3/maintenance/status',
};
