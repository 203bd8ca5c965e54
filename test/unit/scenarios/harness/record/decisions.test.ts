import { expect, it } from 'vitest';
import { engineDecisions } from '#scenarios/harness/record/decisions.ts';
import { journal, runBeganMs } from '../../recorded.ts';

const decisions = (message: string, unit = 'fleet.service') =>
  engineDecisions([journal(1_500, 'core-02', unit, message)], runBeganMs);

it('reads what the engine did, where, and why', () => {
  const message =
    'reschedule unit=web@1.service from=core-01 machine=core-03 reason="core-01 is gone; \\"least\\" loaded"';
  expect(decisions(message)).toEqual([
    {
      atMs: 1_500,
      kind: 'reschedule',
      unit: 'web@1.service',
      from: 'core-01',
      to: 'core-03',
      engine: 'core-02',
      reason: 'core-01 is gone; "least" loaded',
    },
  ]);
});

it('a unit that is taken away leaves a machine, one that cannot be placed has none', () => {
  expect(decisions('unschedule unit=a.service machine=core-01 reason=stopped')[0]).toMatchObject({ from: 'core-01' });
  expect(decisions('unschedule unit=a.service machine=core-01 reason=stopped')[0]).not.toHaveProperty('to');
  const [blocked] = decisions('unschedulable unit=a.service reason="no machine"');
  expect(blocked).toEqual({
    atMs: 1_500,
    kind: 'unschedulable',
    unit: 'a.service',
    engine: 'core-02',
    reason: 'no machine',
  });
});

it('leaves other lines and other units alone', () => {
  expect(decisions('presence ttl=5')).toEqual([]);
  expect(decisions('schedule unit=a.service machine=core-01 reason=x', 'web@1.service')).toEqual([]);
  expect(decisions('schedule nothing readable')).toEqual([]);
});
