import { expect, it } from 'vitest';
import { type UnitPast, whatHappened } from '#guide/conditions/happened.ts';
import type { PastDecision } from '#guide/conditions/observed.ts';
import { snapshotOf } from '#guide/walk/go-to.ts';

const decision = (at: number, more: Partial<PastDecision>): PastDecision => ({
  at,
  kind: 'place',
  reason: 'because',
  by: 'core-01',
  ...more,
});
const past = (more: Partial<UnitPast>): UnitPast => ({
  unit: 'a.service',
  decisions: [],
  systemd: undefined,
  ...more,
});

it.each([
  [decision(1, { to: 'core-01' }), 'fleet gave a.service to core-01: because'],
  [
    decision(1, { kind: 'move', from: 'core-03', to: 'core-01' }),
    'fleet moved a.service from core-03 to core-01: because',
  ],
  [decision(1, { kind: 'evict', from: 'core-03' }), 'fleet took a.service from core-03: because'],
  [decision(1, { kind: 'stay' }), 'fleet left a.service where it is: because'],
  [decision(1, { kind: 'block', times: 3 }), 'fleet found no machine for a.service (3 times): because'],
  [decision(1, { kind: 'block' }), 'fleet found no machine for a.service: because'],
])('a decision is told as a sentence: %#', (one, text) => {
  expect(whatHappened([past({ decisions: [one] })], 0, 0)).toEqual([{ atMs: 1, text }]);
});

it('decisions and starts of all units are one story, in order, since a moment', () => {
  const systemd = {
    machine: 'core-02',
    state: 'active/running',
    start: 'x',
    sinceS: 7,
    activeSinceS: 4,
    restarts: 0,
    command: undefined,
  };
  const pasts = [
    past({ unit: 'b.service', systemd }),
    past({ decisions: [decision(1_000, { to: 'core-01' }), decision(5_000, { kind: 'evict', from: 'core-01' })] }),
  ];
  expect(whatHappened(pasts, 2_000, 10_000)).toEqual([
    { atMs: 3_000, text: 'b.service began to start on core-02' },
    { atMs: 5_000, text: 'fleet took a.service from core-01: because' },
    { atMs: 6_000, text: 'b.service was active on core-02' },
  ]);
});

it('of a long story the end is told', () => {
  const decisions = Array.from({ length: 30 }, (_, at) => decision(at, { to: 'core-01' }));
  expect(whatHappened([past({ decisions })], 0, 0).map(({ atMs }) => atMs)).toEqual(
    Array.from({ length: 12 }, (_, index) => index + 18),
  );
});

it.each([
  ['chapter', 'couchbase', 'guide-couchbase'],
  ['/home/me/my guide', 'one', 'guide-one-my-guide'],
  [`/${'x'.repeat(60)}`, 'one', `guide-one-${'x'.repeat(30)}`],
])('the snapshot of %s, %s has a name that a snapshot may have', (name, id, snapshot) => {
  expect(snapshotOf({ name }, { id })).toBe(snapshot);
});
