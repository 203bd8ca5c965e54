import { describe, expect, it } from 'vitest';
import { type Return, returnFindings } from '#scenarios/rejoin/findings.ts';
import { type MachineTraces, readMembers } from '#scenarios/rejoin/machine-traces.ts';

const traces: MachineTraces = {
  marker: true,
  memberId: 'b2',
  members: { a1: 'core-01', b2: 'core-02', c3: 'core-03' },
  dockerId: 'D1',
  images: ['couchbase:latest', 'web:latest'],
  subnet: '10.1.2.1/24',
};
const anew: MachineTraces = {
  ...traces,
  marker: false,
  memberId: 'd4',
  members: { a1: 'core-01', c3: 'core-03', d4: 'core-02' },
  dockerId: 'D2',
  images: ['web:latest'],
};

const verdicts = (by: Return['by'], after: Partial<MachineTraces>, rest: Partial<Return> = {}) =>
  returnFindings({
    machine: 'core-02',
    by,
    before: traces,
    unit: 'web@2.service',
    runsOn: 'core-02',
    stored: 'x',
    own: 'x',
    after: { ...(by === 'halt' ? traces : anew), ...after },
    ...rest,
  }).map(({ verdict }) => verdict);
const failed = (found: readonly string[]) => found.flatMap((verdict, index) => (verdict === 'fail' ? [index] : []));
const [disk, member, images, caughtUp, subnet, work] = [0, 1, 2, 3, 4, 5];

describe('a halted machine', () => {
  it('is as it was', () => expect(failed(verdicts('halt', {}))).toEqual([]));

  it.each([
    ['another disk', { marker: false }, disk],
    ['another member', { memberId: 'd4' }, member],
    ['a member too many', { members: { ...traces.members, d4: '' } }, member],
    ['an image lost', { images: ['web:latest'] }, images],
    ['another Docker engine', { dockerId: 'D2' }, images],
    ['another network', { subnet: '10.1.9.1/24' }, subnet],
  ] as const)('that has %s is found out', (_, after, which) =>
    expect(failed(verdicts('halt', after))).toEqual([which]),
  );
});

describe('a destroyed machine', () => {
  it('is a new one in the place of the old', () => expect(failed(verdicts('destroy', {}))).toEqual([]));

  it.each([
    ['the old disk', { marker: true }, disk],
    ['the old member', { memberId: 'b2', members: traces.members }, member],
    ['left its old member in the list', { members: { ...traces.members, d4: 'core-02' } }, member],
    ['no member', { memberId: undefined, members: { a1: 'core-01', c3: 'core-03' } }, member],
    ['the old Docker engine', { dockerId: 'D1' }, images],
    ['no image', { images: [] }, images],
    ['no network', { subnet: undefined }, subnet],
  ] as const)('that has %s is found out', (_, after, which) =>
    expect(failed(verdicts('destroy', after))).toEqual([which]),
  );

  it('must have caught up and must work', () => {
    expect(failed(verdicts('destroy', {}, { own: undefined }))).toEqual([caughtUp]);
    expect(failed(verdicts('destroy', {}, { own: 'y' }))).toEqual([caughtUp]);
    expect(failed(verdicts('destroy', {}, { runsOn: undefined }))).toEqual([work]);
    expect(failed(verdicts('destroy', {}, { runsOn: 'core-01' }))).toEqual([work]);
  });
});

it('a marker that was not there before proves nothing', () => {
  expect(failed(verdicts('destroy', {}, { before: { ...traces, marker: false } }))).toEqual([disk]);
});

it("reads etcdctl's list, one that has not started yet included", () => {
  const list =
    'f3abe2, started, core-03, http://x:2380, http://x:2379, false\n9ef415, unstarted, , http://y:2380, , false\n';
  expect(readMembers(list)).toEqual({ f3abe2: 'core-03', '9ef415': '' });
  expect(readMembers('f3abe2, started, core-03\nx\n\n')).toEqual({ f3abe2: 'core-03' });
});
