import { expect, test } from 'vitest';
import { failureFromStatus } from '#platform/etcd/etcd-failure.ts';

const codeOf = (status: number, message: string) =>
  failureFromStatus(status, message, 'http://127.0.0.1:2379', 'put').code;

test.each([
  [1, '1 CANCELLED: the watch stream ended'],
  [2, '2 UNKNOWN: context deadline exceeded'],
  [2, '2 UNKNOWN: context canceled'],
  [2, '2 UNKNOWN: raft proposal dropped'],
  [2, '2 UNKNOWN: raft: stopped'],
  [2, 'etcdserver: server stopped'],
  [4, '4 DEADLINE_EXCEEDED: Deadline exceeded after 0.4s'],
  [13, '13 INTERNAL: Received RST_STREAM with code 0 (Call ended without gRPC status)'],
  [13, '13 INTERNAL: Received RST_STREAM with code 2 (Internal server error)'],
  [14, '14 UNAVAILABLE: etcdserver: no leader'],
])('status %i, "%s": no answer, the outcome is unknown', (status, message) => {
  expect(codeOf(status, message)).toBe('timeout.etcd');
});

test.each([
  [14, '14 UNAVAILABLE: No connection established. Last error: connect ECONNREFUSED 127.0.0.1:1'],
  [4, '4 DEADLINE_EXCEEDED: Deadline exceeded after 0.4s, Waiting for LB pick'],
])('status %i, "%s": never sent', (status, message) => {
  expect(codeOf(status, message)).toBe('timeout.etcd-connect');
});

test.each([
  [2, '2 UNKNOWN: grpc: error while marshaling'],
  [3, '3 INVALID_ARGUMENT: etcdserver: key is not provided'],
  [8, '8 RESOURCE_EXHAUSTED: etcdserver: mvcc: database space exceeded'],
  [13, '13 INTERNAL: stream terminated'],
])('status %i, "%s": etcd refused the request itself', (status, message) => {
  expect(codeOf(status, message)).toBe('internal.etcd');
});

test('what is gone is named by what is gone, whatever the status', () => {
  expect(codeOf(5, '5 NOT_FOUND: etcdserver: requested lease not found')).toBe('state.etcd-lease');
  expect(codeOf(11, '11 OUT_OF_RANGE: etcdserver: mvcc: required revision has been compacted')).toBe(
    'state.etcd-compacted',
  );
});
