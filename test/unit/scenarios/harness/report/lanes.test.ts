import { expect, it } from 'vitest';
import { type Lane, lanesOf } from '#scenarios/harness/report/html/timeline/lanes.ts';
import { event, unitState, unitTarget } from '../../recorded.ts';
import { failoverEvents } from './recorded-run.ts';

const told = (lane: Lane | undefined) =>
  lane?.segments.map(({ fromMs, toMs, text, kind }) => [fromMs, toMs, text, kind]);

it('a unit that moves: running, nowhere for a reason, starting, running', () => {
  const lanes = lanesOf(
    [
      event(40, 'unit-target', { unit: 'web@1.service', from: null, to: 'core-01', reason: null, initial: true }),
      event(40, 'unit-state', {
        unit: 'web@1.service',
        machine: 'core-01',
        state: 'active/running',
        initial: true,
      }),
      unitState(1_000, 'web@1.service', 'core-01', null),
      event(1_000, 'unit-target', { unit: 'web@1.service', from: 'core-01', to: null, reason: 'conflict' }),
      unitTarget(5_000, 'web@1.service', null, 'core-02'),
      unitState(5_200, 'web@1.service', 'core-02', 'activating/start-pre'),
      unitState(6_000, 'web@1.service', 'core-02'),
    ],
    9_000,
  );
  expect(lanes.map(({ label, rows }) => [label, rows])).toEqual([['web@1', 1]]);
  expect(told(lanes[0])).toEqual([
    [0, 1_000, 'active/running on core-01', 'on'],
    [1_000, 5_000, 'no machine: conflict', 'waiting'],
    [5_000, 5_200, 'placed on core-02, no state yet', 'changing'],
    [5_200, 6_000, 'activating/start-pre on core-02', 'changing'],
    [6_000, 9_000, 'active/running on core-02', 'on'],
  ]);
});

it('a unit on two machines at once has a row for each', () => {
  const events = [
    unitState(0, 'worker.service', 'core-01'),
    unitState(500, 'worker.service', 'core-02'),
    unitState(900, 'worker.service', 'core-01', 'failed/failed'),
  ];
  const [lane] = lanesOf(events, 1_000);
  expect(lane?.rows).toBe(2);
  expect(lane?.segments.map(({ machine, row, kind }) => [machine, row, kind])).toEqual([
    ['core-01', 0, 'on'],
    ['core-02', 1, 'on'],
    ['core-01', 0, 'failed'],
  ]);
});

it('the recorded failover: machines, units and keys, each lane without holes or overlaps on a row', () => {
  const lanes = lanesOf(failoverEvents, 41_642);
  expect(lanes.map(({ group }) => group).join(' ')).toBe(
    [...Array<string>(3).fill('machine'), ...Array<string>(12).fill('unit'), ...Array<string>(4).fill('key')].join(' '),
  );
  for (const { name, segments } of lanes) {
    expect([name, segments[0]?.fromMs, Math.max(...segments.map(({ toMs }) => toMs))]).toEqual([name, 0, 41_642]);
    segments.forEach((segment, index) => {
      const clash = segments
        .slice(index + 1)
        .filter((other) => other.row === segment.row && other.fromMs < segment.toMs);
      expect([name, clash]).toEqual([name, []]);
    });
  }
  expect(told(lanes.find(({ label }) => label === 'couchbase/1'))).toEqual([
    [0, 4_439, '10.1.3.4', 'on'],
    [4_439, 10_105, 'no such key', 'waiting'],
    [10_105, 41_642, '10.1.1.4', 'on'],
  ]);
});
