import fc from 'fast-check';
import { expect, it } from 'vitest';
import { leftOfKey, leftOfPresence } from '#dashboard/moment/left.ts';
import { nothingSeen } from '#dashboard/moment/moment.ts';
import type { Seen, Unstamped } from '#dashboard/moment/seen.ts';
import { happenings, spansOf } from '#dashboard/moment/spans.ts';
import { continued, emptyStory, fold, momentAt, spanOf, type Story } from '#dashboard/moment/story.ts';
import { talksOf } from '#dashboard/moment/talks.ts';
import type { FaultAction } from '#scenarios/harness/record/fault-record.ts';
import type { RunEvent } from '#scenarios/harness/record/run-event.ts';
import { viewAt } from '#scenarios/harness/record/replay.ts';

const machine = fc.constantFrom('core-01', 'core-02', 'core-03');
const unit = fc.constantFrom(
  'couchbase@1.service',
  'couchbase-sidekick@1.service',
  'memcached@2.service',
  'web@1.service',
  'worker.service',
  'other.service',
);
const state = fc.constantFrom('active/running', 'activating/start-pre', 'failed/failed', null);
const key = fc.constantFrom('/services/couchbase/1', '/services/memcached/2', '/services/odd');
const kind = fc.constantFrom('halt', 'cut', 'pause') satisfies fc.Arbitrary<FaultAction['kind']>;
const left = fc.record({ leftMs: fc.nat(9_000), grantedMs: fc.constantFrom(4_000, 8_000) });

const what: fc.Arbitrary<Unstamped> = fc.oneof(
  machine.map((name): Unstamped => ({ type: 'machine-present', data: { machine: name } })),
  machine.map((name): Unstamped => ({ type: 'machine-gone', data: { machine: name } })),
  fc
    .tuple(unit, fc.option(machine), fc.option(fc.constant('no room')))
    .map(([name, to, reason]): Unstamped => ({ type: 'unit-target', data: { unit: name, from: null, to, reason } })),
  fc
    .tuple(unit, machine, state)
    .map(([name, home, now]): Unstamped => ({ type: 'unit-state', data: { unit: name, machine: home, state: now } })),
  fc
    .tuple(key, fc.ipV4())
    .map(([name, value]): Unstamped => ({ type: 'key-set', data: { key: name, value, old: null } })),
  key.map((name): Unstamped => ({ type: 'key-gone', data: { key: name, old: '' } })),
  unit.map((name): Unstamped => ({ type: 'key-ttl', data: { unit: name, ttlMs: 8_000 } })),
  fc.tuple(kind, machine, fc.boolean()).map(([fault, name, undone]): Unstamped => {
    const data = {
      id: `${fault}-${name}`,
      machine: name,
      action: { kind: fault },
      kind: fault,
      name: `${fault} ${name}`,
    };
    return { type: undone ? 'fault-undone' : 'fault', data };
  }),
  machine.map((name): Unstamped => ({ type: 'page-message', data: { machine: name, rows: 3, firstKey: null } })),
  fc
    .tuple(fc.dictionary(key, left), fc.dictionary(machine, left))
    .map(([keys, presence]): Unstamped => ({ type: 'leases-left', data: { keys, presence } })),
  fc.string().map((name): Unstamped => ({ type: 'phase', data: { name } })),
  fc
    .tuple(unit, machine)
    .map(([name, to]): Unstamped => ({ type: 'decision', data: { unit: name, kind: 'schedule', to, reason: 'r' } })),
  fc.constant<Unstamped>({ type: 'watch-unanswered', data: { error: 'timeout' } }),
  fc.constant<Unstamped>({ type: 'watch-answered', data: {} }),
);

const seenList: fc.Arbitrary<Seen[]> = fc.array(fc.tuple(fc.nat(400), what), { maxLength: 60 }).map((steps) => {
  let atMs = 0;
  return steps.map(([afterMs, one]) => {
    atMs += afterMs;
    return { ...one, atMs, wallMs: 1_700_000_000_000 + atMs };
  });
});
const storyOf = (seen: readonly Seen[]): Story => ({ base: nothingSeen, seen });

it("a moment's machines, units and keys are those that a run's own replay has", () => {
  const ofRuns: ReadonlySet<string> = new Set(['decision', 'leases-left']);
  fc.assert(
    fc.property(seenList, fc.nat(15_000), (seen, atMs) => {
      const events = seen.filter(({ type }) => !ofRuns.has(type)) as RunEvent[];
      const view = viewAt(events, atMs);
      const moment = momentAt(storyOf(seen), atMs);
      expect(moment.machines.filter(({ listed }) => listed).map(({ name }) => name)).toEqual(view.machines);
      expect(Object.fromEntries(moment.keys.map((one) => [one.key, one.value]))).toEqual(view.keys);
      // What neither has a place, nor a state, nor a reason is no unit any more.
      const units = view.units
        .filter((one) => one.target !== undefined || one.reason !== undefined || one.states.length > 0)
        .map((one) => ({ ...one, states: [...one.states].sort((a, b) => (a.machine < b.machine ? -1 : 1)) }));
      expect(moment.units).toEqual(units);
    }),
  );
});

it('a story that was cut to its end, however often, ends as the whole one does', () => {
  fc.assert(
    fc.property(fc.array(seenList, { maxLength: 5 }), fc.integer({ min: 1, max: 20 }), (parts, most) => {
      let last = 0;
      const later = parts.map((part) => {
        const from = last;
        last += part.at(-1)?.atMs ?? 0;
        return part.map((one): Seen => ({ ...one, atMs: one.atMs + from }));
      });
      const cut = later.reduce((story, part) => continued(story, part, most), emptyStory);
      expect(cut.seen.length).toBeLessThanOrEqual(most);
      expect(fold(cut.base, cut.seen)).toEqual(fold(nothingSeen, later.flat()));
      const { fromMs, toMs } = spanOf(cut);
      expect(fromMs).toBeLessThanOrEqual(toMs);
      expect(momentAt(cut, toMs)).toEqual({ ...fold(nothingSeen, later.flat()), atMs: toMs });
    }),
  );
});

it('a moment knows nothing of what comes later', () => {
  fc.assert(
    fc.property(seenList, fc.nat(15_000), (seen, atMs) => {
      const before = seen.filter((one) => one.atMs <= atMs);
      expect(momentAt(storyOf(seen), atMs)).toEqual(momentAt(storyOf(before), atMs));
    }),
  );
});

it('nothing lives longer than it may, or less than no time', () => {
  fc.assert(
    fc.property(seenList, fc.nat(30_000), (seen, atMs) => {
      const moment = momentAt(storyOf(seen), atMs);
      const all = [
        ...moment.keys.map((one) => leftOfKey(one, moment)),
        ...moment.machines.map((one) => leftOfPresence(one, moment.atMs)),
      ];
      for (const one of all) {
        if (one === undefined) continue;
        expect(one.ms).toBeGreaterThanOrEqual(0);
        if (one.atMost) expect(one.ms).toBeLessThanOrEqual(one.ofMs);
      }
    }),
  );
});

it('who talks runs, and so does who answers', () => {
  fc.assert(
    fc.property(seenList, fc.nat(15_000), (seen, atMs) => {
      const moment = momentAt(storyOf(seen), atMs);
      const runs = (name: string, home: string | undefined) =>
        moment.units.some(
          (one) => one.name === name && one.states.some((s) => s.machine === home && s.state === 'active/running'),
        );
      for (const { from, to, answered } of talksOf(moment)) {
        expect(runs(from.unit, from.machine)).toBe(true);
        expect(answered).toBe(runs(to.unit, to.machine));
      }
    }),
  );
});

it('spans of the slider end where they begin or later, and its stops are in the order of time', () => {
  fc.assert(
    fc.property(seenList, (seen) => {
      for (const { fromMs, toMs = Infinity } of spansOf(seen)) expect(toMs).toBeGreaterThanOrEqual(fromMs);
      const stops = happenings(seen);
      expect(stops).toEqual([...new Set(stops)].sort((a, b) => a - b));
    }),
  );
});
