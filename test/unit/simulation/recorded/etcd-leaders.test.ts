import { expect, test } from 'vitest';
import { etcdLeaders } from '#simulation/recorded/assemble/etcd-leaders.ts';
import type { JournalEntry } from '#simulation/recorded/recording.ts';

/** As etcd 3.4 writes them. */
const line = (at: number, msg: string): JournalEntry => ({
  at,
  boot: '',
  unit: 'etcd.service',
  isOfSystemd: false,
  messageId: '',
  message: JSON.stringify({ level: 'info', caller: 'raft/node.go:331', msg }),
  exit: undefined,
});

test('who leads, and when nobody does: when most members have lost the leader', () => {
  const journals = new Map([
    ['core-01', [line(5_000, 'raft.node: aa lost leader aa at term 3')]],
    ['core-02', [line(1_000, 'raft.node: bb lost leader aa at term 2'), line(1_900, 'bb became leader at term 3')]],
    [
      'core-03',
      [line(1_100, 'raft.node: cc lost leader aa at term 2'), line(1_901, 'raft.node: cc elected leader bb at term 3')],
    ],
  ]);
  expect(etcdLeaders('core-01', journals)).toEqual([
    { kind: 'etcd-leader', at: 0, machine: 'core-01' },
    { kind: 'etcd-leader', at: 1_100, machine: undefined },
    { kind: 'etcd-leader', at: 1_900, machine: 'core-02' },
  ]);
});

test('who was lost and is found again', () => {
  const lost = (name: string) => line(1_000, `raft.node: ${name} lost leader aa at term 2`);
  const found = (name: string) => line(2_000, `raft.node: ${name} elected leader aa at term 2`);
  const journals = new Map([
    ['core-01', []],
    ['core-02', [lost('bb'), found('bb')]],
    ['core-03', [lost('cc'), found('cc')]],
  ]);
  expect(etcdLeaders('core-01', journals).map(({ machine }) => machine)).toEqual(['core-01', undefined, 'core-01']);
});
