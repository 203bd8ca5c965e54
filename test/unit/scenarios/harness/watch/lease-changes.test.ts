import { expect, it } from 'vitest';
import { leaseChanges } from '#scenarios/harness/watch/lease-watch.ts';

const leases = (...pairs: [string, string][]) => new Map(pairs);

it('what is there at the first look is marked: it did not happen now', () => {
  expect(leaseChanges(undefined, leases(['10.1.5.0/24', 'core-01']))).toEqual([
    { type: 'lease-set', data: { subnet: '10.1.5.0/24', machine: 'core-01', initial: true } },
  ]);
});

it('a lease that comes, goes, or has another holder', () => {
  const before = leases(['10.1.5.0/24', 'core-01'], ['10.1.6.0/24', 'core-02'], ['10.1.7.0/24', 'core-03']);
  const now = leases(['10.1.5.0/24', 'core-01'], ['10.1.6.0/24', 'core-03'], ['10.1.8.0/24', 'core-02']);
  expect(leaseChanges(before, now)).toEqual([
    { type: 'lease-gone', data: { subnet: '10.1.6.0/24', machine: 'core-02' } },
    { type: 'lease-gone', data: { subnet: '10.1.7.0/24', machine: 'core-03' } },
    { type: 'lease-set', data: { subnet: '10.1.6.0/24', machine: 'core-03' } },
    { type: 'lease-set', data: { subnet: '10.1.8.0/24', machine: 'core-02' } },
  ]);
  expect(leaseChanges(now, now)).toEqual([]);
});
