import type { GatewayMethod } from '../gateway-paths.ts';
import { message, type Message } from './protobuf.ts';

/** A method of etcd's gRPC services: its path, and what is said. */
export interface Rpc {
  readonly path: string;
  readonly request: Message;
  readonly answer: Message;
}

// Numbers and names of fields: etcd 3.4's rpc.proto and kv.proto, as far as anything here says or wants to hear them.

const header = message({
  1: ['cluster_id', 'unsigned'],
  2: ['member_id', 'unsigned'],
  3: ['revision', 'signed'],
  4: ['raft_term', 'unsigned'],
});

const keyValue = message({
  1: ['key', 'bytes'],
  2: ['create_revision', 'signed'],
  3: ['mod_revision', 'signed'],
  4: ['version', 'signed'],
  5: ['value', 'bytes'],
  6: ['lease', 'signed'],
});

const rangeRequest = message({
  1: ['key', 'bytes'],
  2: ['range_end', 'bytes'],
  3: ['limit', 'signed'],
  4: ['revision', 'signed'],
  7: ['serializable', 'bool'],
  8: ['keys_only', 'bool'],
  10: ['min_mod_revision', 'signed'],
});

const rangeAnswer = message({
  1: ['header', header],
  2: ['kvs', keyValue, 'repeated'],
  3: ['more', 'bool'],
  4: ['count', 'signed'],
});

const putRequest = message({
  1: ['key', 'bytes'],
  2: ['value', 'bytes'],
  3: ['lease', 'signed'],
  4: ['prev_kv', 'bool'],
  5: ['ignore_value', 'bool'],
});

const putAnswer = message({ 1: ['header', header], 2: ['prev_kv', keyValue] });

const deleteRequest = message({ 1: ['key', 'bytes'], 2: ['range_end', 'bytes'] });

const deleteAnswer = message({ 1: ['header', header], 2: ['deleted', 'signed'] });

const compare = message({
  1: ['result', 'unsigned'],
  2: ['target', 'unsigned'],
  3: ['key', 'bytes'],
  4: ['version', 'signed'],
  5: ['create_revision', 'signed'],
  6: ['mod_revision', 'signed'],
  7: ['value', 'bytes'],
  8: ['lease', 'signed'],
  64: ['range_end', 'bytes'],
});

const operation = message({
  1: ['request_range', rangeRequest],
  2: ['request_put', putRequest],
  3: ['request_delete_range', deleteRequest],
});

const txnRequest = message({
  1: ['compare', compare, 'repeated'],
  2: ['success', operation, 'repeated'],
  3: ['failure', operation, 'repeated'],
});

const txnAnswer = message({
  1: ['header', header],
  2: ['succeeded', 'bool'],
  3: [
    'responses',
    message({
      1: ['response_range', rangeAnswer],
      2: ['response_put', putAnswer],
      3: ['response_delete_range', deleteAnswer],
    }),
    'repeated',
  ],
});

const statusAnswer = message({
  1: ['header', header],
  2: ['version', 'text'],
  3: ['dbSize', 'signed'],
  4: ['leader', 'unsigned'],
  5: ['raftIndex', 'unsigned'],
  6: ['raftTerm', 'unsigned'],
  7: ['raftAppliedIndex', 'unsigned'],
  8: ['errors', 'text', 'repeated'],
  9: ['dbSizeInUse', 'signed'],
  10: ['isLearner', 'bool'],
});

/** Those that are asked for at any rate; the list of members is not. */
export const rpcs: Readonly<Record<Exclude<GatewayMethod, `member${string}`>, Rpc>> = {
  range: { path: '/etcdserverpb.KV/Range', request: rangeRequest, answer: rangeAnswer },
  put: { path: '/etcdserverpb.KV/Put', request: putRequest, answer: putAnswer },
  deleteRange: { path: '/etcdserverpb.KV/DeleteRange', request: deleteRequest, answer: deleteAnswer },
  txn: { path: '/etcdserverpb.KV/Txn', request: txnRequest, answer: txnAnswer },
  leaseGrant: {
    path: '/etcdserverpb.Lease/LeaseGrant',
    request: message({ 1: ['TTL', 'signed'], 2: ['ID', 'signed'] }),
    answer: message({ 1: ['header', header], 2: ['ID', 'signed'], 3: ['TTL', 'signed'], 4: ['error', 'text'] }),
  },
  leaseRevoke: {
    path: '/etcdserverpb.Lease/LeaseRevoke',
    request: message({ 1: ['ID', 'signed'] }),
    answer: message({ 1: ['header', header] }),
  },
  // A stream of questions and answers; of one question here.
  leaseKeepAlive: {
    path: '/etcdserverpb.Lease/LeaseKeepAlive',
    request: message({ 1: ['ID', 'signed'] }),
    answer: message({ 1: ['header', header], 2: ['ID', 'signed'], 3: ['TTL', 'signed'] }),
  },
  leaseTimeToLive: {
    path: '/etcdserverpb.Lease/LeaseTimeToLive',
    request: message({ 1: ['ID', 'signed'], 2: ['keys', 'bool'] }),
    answer: message({
      1: ['header', header],
      2: ['ID', 'signed'],
      3: ['TTL', 'signed'],
      4: ['grantedTTL', 'signed'],
      5: ['keys', 'bytes', 'repeated'],
    }),
  },
  status: { path: '/etcdserverpb.Maintenance/Status', request: message({}), answer: statusAnswer },
};

/** A stream: one question, and then answers until somebody ends it. */
export const watchRpc: Rpc = {
  path: '/etcdserverpb.Watch/Watch',
  request: message({
    1: [
      'create_request',
      message({
        1: ['key', 'bytes'],
        2: ['range_end', 'bytes'],
        3: ['start_revision', 'signed'],
        4: ['progress_notify', 'bool'],
        6: ['prev_kv', 'bool'],
      }),
    ],
  }),
  answer: message({
    1: ['header', header],
    2: ['watch_id', 'signed'],
    3: ['created', 'bool'],
    4: ['canceled', 'bool'],
    5: ['compact_revision', 'signed'],
    6: ['cancel_reason', 'text'],
    11: [
      'events',
      message({ 1: ['type', { names: ['PUT', 'DELETE'] }], 2: ['kv', keyValue], 3: ['prev_kv', keyValue] }),
      'repeated',
    ],
  }),
};
