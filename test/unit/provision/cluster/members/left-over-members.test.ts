import { expect, it } from 'vitest';
import { leftOverMembers } from '#provision/cluster/members/left-over-members.ts';
import { planMembers } from '#provision/cluster/members/plan-members.ts';
import { machines, member, seen } from './seen.ts';

const range = '172.17.8.0/24';
const whole = machines.map(({ name }) => member(name));
const fourth = (kind: 'added' | 'started') => ({ ...member('core-04', kind), peerUrls: ['http://172.17.8.104:2380'] });

it('every member of a machine stays, started or not', () => {
  for (const kind of ['started', 'awaited', 'added'] as const)
    expect(leftOverMembers([...whole.slice(0, 2), member('core-03', kind)], machines, range)).toEqual([]);
});

it('one that never started, and one at an address of the lab, are left over', () => {
  for (const kind of ['added', 'started'] as const)
    expect(leftOverMembers([...whole, fourth(kind)], machines, range)).toEqual([fourth(kind)]);
});

it.each(['http://10.0.0.9:2380', 'http://172.17.9.104:2380', 'http://elsewhere:2380', 'nonsense'])(
  'one that runs at %s may be of use to somebody',
  (url) => {
    expect(leftOverMembers([...whole, { ...fourth('started'), peerUrls: [url] }], machines, range)).toEqual([]);
    expect(leftOverMembers([...whole, { ...fourth('added'), peerUrls: [url] }], machines, range)).toHaveLength(1);
  },
);

it('it goes before a machine is made anew, which etcd would refuse with it; without a quorum nothing goes', () => {
  const members = [...whole, fourth('added')];
  expect(planMembers(seen({ fresh: ['core-03'], members }))).toMatchObject({ kind: 'refuse' });
  const all = [...machines, { name: 'core-05', address: '172.17.8.105' }];
  expect(planMembers(seen({ fresh: ['core-05'], all, members }))).toEqual({
    kind: 'replace',
    steps: [
      { action: 'remove', machine: 'http://172.17.8.104:2380', id: fourth('added').id },
      { action: 'join', machine: 'core-05' },
    ],
  });
});
