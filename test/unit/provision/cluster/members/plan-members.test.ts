import { describe, expect, it } from 'vitest';
import { planMembers } from '#provision/cluster/members/plan-members.ts';
import { machines, member, seen } from './seen.ts';

describe('a new cluster', () => {
  it('is begun by all machines together when none has a disk', () => {
    expect(planMembers(seen({ fresh: ['core-01', 'core-02', 'core-03'], members: undefined }))).toEqual({
      kind: 'bootstrap',
    });
  });

  it('is completed by a machine that was named from the start and never heard of', () => {
    const members = [member('core-01'), member('core-02'), member('core-03', 'awaited')];
    expect(planMembers(seen({ fresh: ['core-03'], members }))).toEqual({ kind: 'bootstrap' });
    const alone = [member('core-01', 'awaited'), member('core-02', 'awaited'), member('core-03', 'awaited')];
    expect(planMembers(seen({ fresh: ['core-02', 'core-03'], members: alone }))).toEqual({ kind: 'bootstrap' });
  });
});

describe('a machine whose disk is gone', () => {
  it('has its old member removed before it is added again: a dead one counts for the quorum', () => {
    expect(planMembers(seen({ fresh: ['core-02'] }))).toEqual({
      kind: 'replace',
      steps: [
        { action: 'remove', machine: 'core-02', id: '222' },
        { action: 'join', machine: 'core-02' },
      ],
    });
  });

  it('is only added when a killed run had removed its member', () => {
    const members = [member('core-01'), member('core-03')];
    expect(planMembers(seen({ fresh: ['core-02'], members }))).toEqual({
      kind: 'replace',
      steps: [{ action: 'join', machine: 'core-02' }],
    });
  });

  it('loses the member that a killed run had added for it: a disk that is gone may have voted', () => {
    const members = [member('core-01'), member('core-02', 'added'), member('core-03')];
    expect(planMembers(seen({ fresh: ['core-02'], members }))).toMatchObject({
      kind: 'replace',
      steps: [{ action: 'remove', id: '222' }, { action: 'join' }],
    });
  });

  it('is found by its name too, should its address have changed', () => {
    const moved = { ...member('core-02'), peerUrls: ['http://10.9.9.9:2380'] };
    expect(
      planMembers(seen({ fresh: ['core-02'], members: [member('core-01'), moved, member('core-03')] })),
    ).toMatchObject({ steps: [{ action: 'remove', id: '222' }, { action: 'join' }] });
  });

  it('two of five are both removed before the first is added, and join one after the other', () => {
    const all = [
      ...machines,
      { name: 'core-04', address: '172.17.8.104' },
      { name: 'core-05', address: '172.17.8.105' },
    ];
    const plan = planMembers(seen({ all, fresh: ['core-02', 'core-05'] }));
    expect(plan.kind === 'replace' && plan.steps.map(({ action, machine }) => `${action} ${machine}`)).toEqual([
      'remove core-02',
      'remove core-05',
      'join core-02',
      'join core-05',
    ]);
  });

  it('may be one that the cluster never had', () => {
    const all = [...machines, { name: 'core-04', address: '172.17.8.104' }];
    expect(planMembers(seen({ all, fresh: ['core-04'], members: machines.map(({ name }) => member(name)) }))).toEqual({
      kind: 'replace',
      steps: [{ action: 'join', machine: 'core-04' }],
    });
  });
});

describe('what cannot be done is refused, with the reason and what to do', () => {
  it('nobody to ask', () => {
    expect(planMembers(seen({ fresh: ['core-02'], halted: ['core-01', 'core-03'], members: undefined }))).toEqual({
      kind: 'refuse',
      cause: 'etcd must be asked to take core-02 in, and core-01 and core-03, where its data is, do not run',
      next: 'lab up',
    });
  });

  it('no quorum, but a halted machine that would make one', () => {
    expect(planMembers(seen({ fresh: ['core-02'], halted: ['core-03'] }))).toEqual({
      kind: 'refuse',
      cause: 'etcd has no quorum to replace the member of core-02: of its 3 members 1 runs, and 2 must',
      next: 'lab up',
    });
  });

  it('no quorum, and never again', () => {
    const plan = planMembers(seen({ fresh: ['core-02', 'core-03'] }));
    expect(plan).toMatchObject({ kind: 'refuse', next: 'lab destroy && lab up' });
    expect(plan.kind === 'refuse' && plan.cause).toContain('of its 3 members 1 runs, and 2 must');
  });

  it('a quorum, but one of five is halted: etcd adds nobody until it is back', () => {
    const all = [
      ...machines,
      { name: 'core-04', address: '172.17.8.104' },
      { name: 'core-05', address: '172.17.8.105' },
    ];
    expect(planMembers(seen({ all, fresh: ['core-02'], halted: ['core-04'] }))).toEqual({
      kind: 'refuse',
      cause: 'etcd takes a new member in only while all others are connected, and core-04 does not run',
      next: 'lab up',
    });
  });

  it('a member that is no machine of this lab', () => {
    const stranger = { id: '255', name: 'elsewhere', peerUrls: ['http://10.9.9.9:2380'], started: true };
    const members = [...machines.map(({ name }) => member(name)), stranger];
    const all = [...machines];
    expect(planMembers(seen({ all, fresh: ['core-02'], members }))).toMatchObject({ kind: 'refuse' });
    const small = [member('core-01'), member('core-03'), stranger];
    expect(planMembers(seen({ all, fresh: ['core-02'], members: small }))).toEqual({
      kind: 'refuse',
      cause: 'etcd takes a new member in only while all others are connected, and elsewhere is no machine of this lab',
      next: 'lab ssh core-01 -- etcdctl member remove ff',
    });
  });
});

it('nothing to make, nothing to do', () => {
  expect(planMembers(seen({ fresh: [] }))).toEqual({ kind: 'replace', steps: [] });
});
