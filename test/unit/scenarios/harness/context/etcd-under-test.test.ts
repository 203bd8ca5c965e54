import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '#provision/cluster/conditions/conditions.ts';
import { fleetKeys } from '#platform/etcd/keys/fleet-keys.ts';
import { serviceKey } from '#platform/etcd/keys/service-keys.ts';
import { oneMember } from '#platform/etcd/one-member.ts';
import { engineLeader } from '#scenarios/harness/context/engine-leader.ts';
import type { EtcdMachines } from '#scenarios/harness/context/etcd-machines.ts';
import { etcdUnderTest, leaderAmong } from '#scenarios/harness/context/etcd-under-test.ts';
import { realEtcd, type RealEtcd } from '#test/unit/platform/etcd/real-etcd.ts';

const machines = [1, 2, 3].map((n) => ({ name: `core-0${n}`, address: `10.0.0.${n}` }));
const key = serviceKey('memcached', 1);

describe('etcd under test, on three real members', () => {
  let cluster: RealEtcd;
  let running = machines.map(({ name }) => name);
  let args: EtcdMachines;

  beforeAll(async () => {
    cluster = await realEtcd({ members: 3 });
    args = { machines, running: async () => running, member: byAddress(cluster) };
  });
  afterAll(() => cluster.stop());

  it('knows members, the leader, and how to read and write', async () => {
    const etcd = etcdUnderTest(args);
    expect(await etcd.healthy().missing()).toBeUndefined();
    const members = await etcd.members();
    expect(members.map(({ machine }) => machine)).toEqual(['core-01', 'core-02', 'core-03']);
    expect(new Set(members.map(({ id }) => id)).size).toBe(3);
    expect(members.filter(({ leader }) => leader).map(({ machine }) => machine)).toEqual([await etcd.leader()]);
    expect(await etcd.put('core-01', key, '10.1.1.2')).toMatchObject({ ok: true });
    expect(await etcd.get('core-03', key)).toMatchObject({ ok: true, value: '10.1.1.2' });
    expect(await etcd.get('core-03', '/nothing')).toMatchObject({ ok: true, value: undefined });
    expect(await etcd.leaseSeconds('core-02', key)).toBeUndefined();
    await expect(etcd.get('core-09', key)).rejects.toMatchObject({ code: 'missing.machine' });
  });

  it('finds the machine whose engine leads', async () => {
    const etcd = etcdUnderTest(args);
    expect(await engineLeader(args)).toBeUndefined();
    const keys = fleetKeys();
    await etcd.put('core-01', keys.leader, 'abc 42');
    expect(await engineLeader(args)).toBeUndefined();
    await etcd.put('core-01', keys.machine('abc'), JSON.stringify({ ID: 'abc', PublicIP: '10.0.0.2' }));
    expect(await engineLeader(args)).toBe('core-02');
  });

  it('without a quorum refuses writes and true reads, answers stale ones, and a lease goes below zero', async () => {
    const etcd = etcdUnderTest(args);
    await etcd.put('core-03', '/lease', 'kept', { ttlSeconds: 6 });
    expect(await etcd.leaseSeconds('core-03', '/lease')).toBeGreaterThan(0);
    await Promise.all([cluster.kill(0), cluster.kill(1)]);
    running = ['core-03'];
    expect(await etcd.healthy(1).missing()).toBe('0 of 1 etcd members healthy');
    expect(await etcd.put('core-03', key, 'new', { withinMs: 1_000 })).toMatchObject({ ok: false });
    expect(await etcd.get('core-03', key, { withinMs: 1_000 })).toMatchObject({ ok: false });
    expect(await etcd.get('core-03', key, { stale: true })).toMatchObject({ ok: true, value: '10.1.1.2' });
    await expect.poll(() => etcd.leaseSeconds('core-03', '/lease')).toBeLessThan(0);
    expect(await etcd.get('core-03', '/lease', { stale: true })).toMatchObject({ ok: true, value: 'kept' });
    expect(await engineLeader(args)).toBeUndefined();

    await cluster.start(0);
    running = ['core-01', 'core-03'];
    await until(etcd.healthy(2), { withinMs: 60_000, next: '' });
    expect(await etcd.put('core-03', key, 'new')).toMatchObject({ ok: true });
  });
});

it('believes the newest of two that think they lead', () => {
  const member = { id: '1', healthy: true, leader: true };
  const cutOff = { ...member, machine: 'core-01', term: 3 };
  expect(leaderAmong([cutOff, { ...member, machine: 'core-02', term: 4 }])).toBe('core-02');
  expect(leaderAmong([{ ...cutOff, leader: false }])).toBeUndefined();
});

/** The lab's members share a port and differ in address; these share an address and differ in port. */
function byAddress({ endpoints }: RealEtcd): EtcdMachines['member'] {
  const members = endpoints.map((endpoint) => oneMember(endpoint));
  return (address) => {
    const member = members[Number(address.at(-1)) - 1];
    if (member === undefined) throw new Error(`no member at ${address}`);
    return member;
  };
}
