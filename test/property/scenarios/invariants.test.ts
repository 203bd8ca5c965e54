import fc from 'fast-check';
import { expect, it } from 'vitest';
import { standingInvariants } from '#scenarios/harness/invariants/standing-invariants.ts';
import { difference, intersection, totalMs, union, type Span } from '#scenarios/harness/record/spans.ts';
import {
  event,
  faultEvents,
  history,
  runBeganMs,
  runRecord,
  unitState,
  unitTarget,
} from '../../unit/scenarios/recorded.ts';

const machines = ['core-01', 'core-02', 'core-03'];
const machine = fc.constantFrom(...machines);
/** Everything happens on whole seconds, so that a second's middle tells all about it. */
const seconds = 40;
const second = fc.integer({ min: 1, max: seconds });
/** The longest silence ends at 50 s, and what still runs then runs on: look beyond it. */
const middles = Array.from({ length: seconds + 20 }, (_, i) => i * 1_000 + 500);

interface Silence {
  readonly on: string;
  readonly from: number;
  readonly lasts: number;
}
const silence = fc.record({ on: machine, from: second, lasts: fc.integer({ min: 1, max: 10 }) });
const silences = fc.array(silence, { maxLength: 3 });
const silentAt = (all: readonly Silence[], on: string, ms: number, longerMs = 0) =>
  all.some((s) => s.on === on && ms >= s.from * 1_000 && ms < (s.from + s.lasts) * 1_000 + longerMs);
const pausesOf = (all: readonly Silence[]) =>
  all.flatMap(({ on, from, lasts }, i) =>
    faultEvents(on, { kind: 'pause' }, from * 1_000, (from + lasts) * 1_000, 0, `${i}`),
  );

/** Checks that an invariant fails exactly when the plain look at every second finds a violation, and that both happen. */
function agrees<T>(arbitrary: fc.Arbitrary<T>, verdictOf: (value: T) => string, violated: (value: T) => boolean): void {
  const seen = new Set<boolean>();
  fc.assert(
    fc.property(arbitrary, (value) => {
      const bad = violated(value);
      seen.add(bad);
      expect(verdictOf(value) === 'fail').toBe(bad);
    }),
    { numRuns: 2_000 },
  );
  expect(seen.size, 'histories that hold and histories that violate were both tried').toBe(2);
}

interface Change {
  readonly unit: string;
  readonly on: string;
  readonly at: number;
  readonly active: boolean;
}
const changes = (...units: string[]) =>
  fc.array(fc.record({ unit: fc.constantFrom(...units), on: machine, at: second, active: fc.boolean() }), {
    minLength: 1,
    maxLength: 14,
  });
const stateEvents = (all: readonly Change[]) =>
  all.map(({ unit, on, at, active }) => unitState(at * 1_000, unit, on, active ? 'active/running' : null));
/** Was the unit active there? Of changes in one second the last given counts. */
const activeAt = (all: readonly Change[], unit: string, on: string, ms: number) =>
  all
    .filter((c) => c.unit === unit && c.on === on && c.at * 1_000 <= ms)
    .sort((a, b) => a.at - b.at)
    .at(-1)?.active === true;

it('conflicts: fails exactly when two web units ran on one machine within reach', () => {
  agrees(
    fc.tuple(changes('web@1.service', 'web@2.service'), silences),
    ([all, silent]) =>
      standingInvariants.conflicts(runRecord({ events: history(stateEvents(all), pausesOf(silent)) })).verdict,
    ([all, silent]) =>
      machines.some((on) =>
        middles.some((ms) => {
          const both = ['web@1.service', 'web@2.service'].every((unit) => activeAt(all, unit, on, ms));
          return both && !silentAt(silent, on, ms);
        }),
      ),
  );
});

it('machine-of: fails exactly when a sidekick ran where its principal did not, which ran elsewhere', () => {
  const [principal, sidekick] = ['memcached@1.service', 'memcached-sidekick@1.service'];
  agrees(
    fc.tuple(changes(principal, sidekick), silences),
    ([all, silent]) =>
      standingInvariants['machine-of'](runRecord({ events: history(stateEvents(all), pausesOf(silent)) })).verdict,
    ([all, silent]) =>
      middles.some((ms) => {
        const counts = (unit: string, on: string) => activeAt(all, unit, on, ms) && !silentAt(silent, on, ms);
        return machines.some(
          (on) =>
            counts(sidekick, on) &&
            !activeAt(all, principal, on, ms) &&
            machines.some((other) => other !== on && counts(principal, other)),
        );
      }),
  );
});

it('one worker: fails exactly when two were connected while both machines were in reach, a TTL of 5 s counted in', () => {
  const connection = fc.record({ on: machine, from: second, lasts: fc.integer({ min: 1, max: 9 }) });
  agrees(
    fc.tuple(fc.array(connection, { minLength: 1, maxLength: 4 }), silences),
    ([all, silent]) => {
      const connections = all.map(({ on, from, lasts }) => ({
        address: `172.17.8.10${on.at(-1) ?? ''}`,
        openedAt: runBeganMs + from * 1_000,
        closedAt: runBeganMs + (from + lasts) * 1_000,
      }));
      return standingInvariants['one-worker-connection'](runRecord({ connections, events: pausesOf(silent) })).verdict;
    },
    ([all, silent]) =>
      middles.some((ms) => {
        const open = all.filter((c) => c.from * 1_000 <= ms && ms < (c.from + c.lasts) * 1_000);
        const free = open.filter(({ on }) => !silentAt(silent, on, ms, 5_000));
        return open.length > 1 && free.length > 1;
      }),
  );
});

it('etcd writes: fails exactly when one was acknowledged within a time without a quorum, or is lost', () => {
  const write = fc.record({ at: second, ms: fc.constantFrom(100, 1_500) });
  agrees(
    fc.tuple(fc.array(write, { minLength: 1, maxLength: 5 }), silences, fc.boolean()),
    ([writes, silent, lost]) => {
      const samples = writes.map(({ at, ms }, i) => ({
        probe: 'etcd-write' as const,
        wallMs: runBeganMs + at * 1_000 + 50,
        ms,
        ok: true,
        key: `k${i}`,
      }));
      const readBack = [
        { probe: 'etcd-write' as const, wallMs: 1, acknowledged: writes.length, lost: lost ? ['k0'] : [] },
      ];
      return standingInvariants['etcd-writes'](runRecord({ samples, readBack, events: pausesOf(silent) })).verdict;
    },
    ([writes, silent, lost]) => {
      const noQuorum = (ms: number) => machines.filter((on) => silentAt(silent, on, ms)).length >= 2;
      const during = ({ at, ms }: { at: number; ms: number }) =>
        Array.from({ length: ms / 50 + 1 }, (_, i) => at * 1_000 + 50 + i * 50 - (i === ms / 50 ? 1 : 0));
      return lost || writes.some((one) => during(one).every(noQuorum));
    },
  );
});

it('nothing moved: fails exactly when a unit left a machine that was not silent', () => {
  agrees(
    fc.tuple(fc.array(fc.record({ at: second, from: fc.option(machine) }), { minLength: 1, maxLength: 5 }), silences),
    ([moves, silent]) => {
      const events = moves.map(({ at, from }) => unitTarget(at * 1_000 + 500, 'worker.service', from, 'core-01'));
      return standingInvariants['nothing-moved'](runRecord({ events: history(events, pausesOf(silent)) })).verdict;
    },
    ([moves, silent]) => moves.some(({ at, from }) => from !== null && !silentAt(silent, from, at * 1_000 + 500)),
  );
});

it('dead keys: fails exactly when a key outlived its service by more than its TTL and 4.5 s', () => {
  const life = fc.record({
    died: fc.integer({ min: 2, max: 30 }),
    gone: fc.option(fc.integer({ min: 1, max: 25 })),
    ttl: fc.integer({ min: 2, max: 15 }),
  });
  agrees(
    life,
    ({ died, gone, ttl }) => {
      const [unit, key] = ['memcached@1.service', '/services/memcached/1'];
      const events = history(
        event(400, 'key-ttl', { unit: 'memcached-sidekick@1.service', ttlMs: ttl * 1_000 }),
        unitState(500, unit, 'core-01'),
        event(1_000, 'key-set', { key, value: '10.1.1.2', old: null }),
        unitState(died * 1_000, unit, 'core-01', null),
        gone === null ? [] : event((died + gone) * 1_000, 'key-gone', { key, old: '10.1.1.2' }),
        event(60_000, 'verdict', { verdict: 'pass' }),
      );
      return standingInvariants['dead-keys'](runRecord({ events })).verdict;
    },
    ({ died, gone, ttl }) => (gone ?? 60 - died) > ttl + 4.5,
  );
});

const spans = fc.array(
  fc.tuple(fc.nat(30), fc.nat(30)).map(([fromMs, toMs]): Span => ({ fromMs, toMs })),
  { maxLength: 6 },
);

it('spans: union, intersection and difference agree with counting moments', () => {
  const moments = Array.from({ length: 31 }, (_, i) => i);
  const inside = (all: readonly Span[]) => moments.filter((t) => all.some((s) => s.fromMs <= t && t < s.toMs));
  fc.assert(
    fc.property(spans, spans, (a, b) => {
      expect(inside(union(a))).toEqual(inside(a));
      expect(totalMs(a)).toBe(inside(a).length);
      expect(inside(intersection(a, b))).toEqual(inside(a).filter((t) => inside(b).includes(t)));
      expect(inside(difference(a, b))).toEqual(inside(a).filter((t) => !inside(b).includes(t)));
    }),
  );
});
