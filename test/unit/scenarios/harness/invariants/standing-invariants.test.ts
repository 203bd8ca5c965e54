import { describe, expect, it } from 'vitest';
import { standingInvariants } from '#scenarios/harness/invariants/standing-invariants.ts';
import type { Sample } from '#scenarios/harness/record/sample.ts';
import type { RunRecord } from '#scenarios/harness/record/run-record.ts';
import type { InvariantName } from '#scenarios/scenario.ts';
import { event, faultEvents, history, journal, runBeganMs, runRecord, unitState, unitTarget } from '../../recorded.ts';

const check = (name: InvariantName, parts: Partial<RunRecord>) => standingInvariants[name](runRecord(parts));
const [db, sidekick] = ['couchbase@1.service', 'couchbase-sidekick@1.service'];
const key = '/services/couchbase/1';
const end = event(100_000, 'verdict', { verdict: 'pass' });

it('nothing recorded proves nothing: every invariant is unknown', () => {
  for (const invariant of Object.values(standingInvariants)) expect(invariant(runRecord()).verdict).toBe('unknown');
});

describe('one-worker-connection', () => {
  const open = (machine: number, openedAt: number, closedAt?: number) => ({
    address: `172.17.8.10${machine}`,
    openedAt: runBeganMs + openedAt,
    closedAt: closedAt === undefined ? null : runBeganMs + closedAt,
  });
  const overlap = [open(1, 1_000, 20_000), open(2, 15_000)];

  it('passes for one after another, and fails for two at once, with how long', () => {
    expect(check('one-worker-connection', { connections: [open(1, 0, 9), open(2, 9), open(2, 3, 4)] }).verdict).toBe(
      'fail',
    );
    const sound = check('one-worker-connection', { connections: [open(1, 0, 9), open(2, 9)] });
    expect(sound).toMatchObject({ verdict: 'pass', evidence: '2 connections one after another: core-01, core-02' });
    const twice = check('one-worker-connection', { connections: overlap });
    expect(twice).toMatchObject({ verdict: 'fail' });
    expect(twice.evidence).toContain('core-01 and core-02 at once for 5.00 s');
  });

  it('an overlap is allowed, and shown, while one is out of reach and one presence TTL longer', () => {
    const apart = (undoMs: number) => faultEvents('core-01', { kind: 'partition', from: 'all' }, 10_000, undoMs);
    const shown = check('one-worker-connection', { connections: overlap, events: apart(16_000) });
    expect(shown.verdict).toBe('pass');
    expect(shown.evidence).toContain('only while one was out of reach: core-01 and core-02 for 5.00 s');
    expect(check('one-worker-connection', { connections: overlap, events: apart(11_000) }).verdict).toBe('fail');
  });

  it('a connection ends with the machine that was cut, whenever the server noticed', () => {
    const cut = faultEvents('core-01', { kind: 'cut' }, 10_000);
    const evidence = '2 connections one after another: core-01, core-02';
    expect(check('one-worker-connection', { connections: overlap, events: cut })).toMatchObject({
      verdict: 'pass',
      evidence,
    });
  });
});

describe('conflicts and machine-of', () => {
  const three = [1, 2, 3].map((n) => unitState(n, `web@${n}.service`, `core-0${n}`));
  const twice = [...three, unitState(5_000, 'web@1.service', 'core-02')];

  it('fails for two web units on one machine, even if that passes', () => {
    expect(check('conflicts', { events: three }).verdict).toBe('pass');
    const both = check('conflicts', { events: [...twice, unitState(6_000, 'web@1.service', 'core-02', null)] });
    expect(both).toMatchObject({
      verdict: 'fail',
      evidence: 'web@1.service and web@2.service both active on core-02 at 5.00 s',
    });
  });

  it('one look may find the new unit before it finds that the old one stopped', () => {
    const handOver = [...twice, unitState(5_002, 'web@2.service', 'core-02', null)];
    expect(check('conflicts', { events: handOver }).verdict).toBe('pass');
  });

  it('what an unreachable machine runs does not count, and that is said', () => {
    const events = history(twice, faultEvents('core-02', { kind: 'pause' }, 4_000, 6_000), [
      unitState(6_050, 'web@1.service', 'core-02', null),
    ]);
    const excused = check('conflicts', { events });
    expect(excused.verdict).toBe('pass');
    expect(excused.evidence).toContain('not counted: units on a machine out of reach (pause core-02 4.00-6.10 s)');
    expect(
      check('conflicts', { events: history(twice, faultEvents('core-03', { kind: 'pause' }, 4_000)) }).verdict,
    ).toBe('fail');
  });

  it('fails for a sidekick away from its principal, not for one that outlives it', () => {
    const pair = (to: string) => [
      unitState(1, db, 'core-01'),
      unitState(2, sidekick, to),
      unitState(9_000, db, 'core-01', null),
    ];
    expect(check('machine-of', { events: [...pair('core-01'), end] }).verdict).toBe('pass');
    expect(check('machine-of', { events: pair('core-02') })).toMatchObject({ verdict: 'fail' });
    const behind = [...pair('core-01'), unitState(9_500, db, 'core-02'), end];
    expect(check('machine-of', { events: behind }).evidence).toContain(
      'on core-01, couchbase@1.service elsewhere at 9.50 s',
    );
  });
});

describe('documents', () => {
  const write = (n: number, atMs: number, machine?: string): Sample => ({
    probe: 'couchbase',
    wallMs: runBeganMs + atMs,
    ms: 5,
    ok: true,
    key: `d${n}`,
    ...(machine !== undefined && { machine }),
  });
  const samples = [write(1, 1_000), write(2, 30_000), write(3, 31_000)];
  const readBack = (lost: string[]) => [
    { probe: 'couchbase' as const, wallMs: runBeganMs + 60_000, acknowledged: 3, lost },
  ];
  const started = [journal(20_000, 'core-02', db, `Starting ${db} - Couchbase node 1...`)];

  it('what the container took with it is counted, anything else fails', () => {
    const byDesign = check('documents', { samples, journal: started, readBack: readBack(['d1']) });
    expect(byDesign).toMatchObject({ verdict: 'pass' });
    expect(byDesign.evidence).toBe(
      '3 acknowledged, 1 lost with the container, 0 otherwise; container last started at 20.0 s',
    );
    expect(check('documents', { samples, journal: started, readBack: readBack(['d1', 'd2']) })).toMatchObject({
      verdict: 'fail',
    });
    const never = [journal(5, 'core-01', 'worker.service', 'Starting worker.service - x')];
    expect(check('documents', { samples, journal: never, readBack: readBack(['d1']) }).verdict).toBe('fail');
  });

  it('is unknown without the reading, without a journal to judge by, or for keys nobody saw written', () => {
    expect(check('documents', { samples, journal: started }).verdict).toBe('unknown');
    expect(check('documents', { samples, readBack: readBack(['d1']) }).verdict).toBe('unknown');
    expect(check('documents', { samples, journal: started, readBack: readBack(['d9']) }).verdict).toBe('unknown');
    expect(check('documents', { samples, readBack: readBack([]) }).verdict).toBe('pass');
  });

  it('a copy that was out of reach loses what it acknowledged, until its machine learns that it has moved', () => {
    const events = faultEvents('core-01', { kind: 'partition', from: ['core-02', 'core-03'] }, 15_000, 29_000);
    const split = [write(2, 30_000, 'core-01')];
    expect(check('documents', { samples: split, events, journal: started, readBack: readBack(['d2']) }).verdict).toBe(
      'pass',
    );
    const reached = [write(2, 30_000, 'core-02')];
    expect(check('documents', { samples: reached, events, journal: started, readBack: readBack(['d2']) }).verdict).toBe(
      'fail',
    );
  });
});

describe('etcd-writes', () => {
  const write = (atMs: number, ms = 5): Sample => ({
    probe: 'etcd-write',
    wallMs: runBeganMs + atMs,
    ms,
    ok: true,
    key: `k${atMs}`,
  });
  const readBack = (lost: string[]) => [
    { probe: 'etcd-write' as const, wallMs: runBeganMs + 60_000, acknowledged: 1, lost },
  ];
  const twoDown = history(
    faultEvents('core-01', { kind: 'halt' }, 10_000, 30_000),
    faultEvents('core-02', { kind: 'halt' }, 12_000, 31_000),
  );

  it('fails for a lost write and for one acknowledged while two of three were down', () => {
    expect(check('etcd-writes', { samples: [write(1)], readBack: readBack([]) }).verdict).toBe('pass');
    expect(check('etcd-writes', { samples: [write(1)], readBack: readBack(['k1']) }).verdict).toBe('fail');
    const impossible = check('etcd-writes', { samples: [write(20_000)], readBack: readBack([]), events: twoDown });
    expect(impossible).toMatchObject({ verdict: 'fail', evidence: 'k20000 acknowledged at 20.0 s, without a quorum' });
  });

  it('one asked before, or answered after, may have been agreed to', () => {
    for (const sample of [write(11_000, 2_000), write(29_000, 2_000), write(9_000)]) {
      const found = check('etcd-writes', { samples: [sample], readBack: readBack([]), events: twoDown });
      expect(found).toMatchObject({ verdict: 'pass' });
      expect(found.evidence).toContain('17.9 s without a quorum (12.1-30.0 s)');
    }
  });
});

describe('dead-keys', () => {
  const ttl = (seconds: number) => event(800, 'key-ttl', { unit: sidekick, ttlMs: seconds * 1_000 });
  const running = [unitState(900, db, 'core-01'), event(1_000, 'key-set', { key, value: '10.1.11.2', old: null })];
  const announced = [ttl(8), ...running];
  const gone = (atMs: number) => event(atMs, 'key-gone', { key, old: '10.1.11.2' });

  it('a key of a service that lives is never stale; one that outlives it by more than the TTL fails', () => {
    expect(check('dead-keys', { events: [...announced, end] }).verdict).toBe('pass');
    const died = [...announced, unitState(20_000, db, 'core-01', 'failed/failed')];
    expect(check('dead-keys', { events: [...died, gone(28_000), end] }).verdict).toBe('pass');
    const stale = check('dead-keys', { events: [...died, gone(33_000), end] });
    expect(stale.evidence).toBe(`${key} = 10.1.11.2 for 13.0 s after its service died at 20.0 s`);
    expect(stale.verdict).toBe('fail');
    expect(check('dead-keys', { events: [...died, end] }).verdict).toBe('fail');
  });

  it('the unit running elsewhere does not make the old address good', () => {
    const moved = [unitState(20_000, db, 'core-01', null), unitState(21_000, db, 'core-02')];
    expect(check('dead-keys', { events: [...announced, ...moved, gone(40_000), end] }).verdict).toBe('fail');
  });

  it('an election and a lost quorum hold the lease, and the time is shown', () => {
    const died = (undoMs: number) =>
      history(
        announced,
        faultEvents('core-01', { kind: 'cut' }, 20_000),
        faultEvents('core-02', { kind: 'halt' }, 21_000, undoMs),
        gone(40_000),
        end,
      );
    const held = check('dead-keys', { events: died(31_000) });
    expect(held).toMatchObject({ verdict: 'pass' });
    expect(held.evidence).toContain(`excused: ${key} = 10.1.11.2 for 20.0 s`);
    expect(check('dead-keys', { events: died(22_000) }).verdict).toBe('fail');
  });

  it("the TTL is the unit's own; a key whose TTL nobody saw proves nothing, unless it never was stale", () => {
    const died = [unitState(20_000, db, 'core-01', 'failed/failed'), gone(33_000), end];
    expect(check('dead-keys', { events: [ttl(15), ...running, ...died] })).toMatchObject({
      verdict: 'pass',
      evidence: '1 announcements, at most 13.0 s stale (TTL 15 s)',
    });
    expect(check('dead-keys', { events: [ttl(3), ...running, ...died.slice(0, 1), gone(28_000), end] }).verdict).toBe(
      'fail',
    );
    const untold = check('dead-keys', { events: [...running, ...died] });
    expect(untold).toMatchObject({ verdict: 'unknown' });
    expect(untold.evidence).toContain('no unit was seen that tells its TTL');
    expect(check('dead-keys', { events: [...running, end] }).verdict).toBe('pass');
  });

  it('a key whose end lies in a stretch without an answer is unknown, not refuted', () => {
    const unseen = (of: 'units' | 'keys', fromMs: number, toMs: number) => event(toMs, 'unseen', { of, fromMs, toMs });
    const died = (...rest: Parameters<typeof history>) =>
      check('dead-keys', {
        events: history(announced, unitState(20_000, db, 'core-01', 'failed/failed'), ...rest, end),
      });
    const blind = died(unseen('keys', 27_000, 40_000), gone(40_001));
    expect(blind.verdict).toBe('unknown');
    expect(blind.evidence).toContain('for 20.0 s after its service died at 20.0 s, but nobody answered from 27.0 s on');
    // It was seen again after that stretch, or had been seen for too long before it: then it is known.
    expect(died(unseen('keys', 27_000, 40_000), gone(45_000)).verdict).toBe('fail');
    expect(died(unseen('keys', 33_000, 40_000), gone(40_001)).verdict).toBe('fail');
    expect(died(unseen('units', 27_000, 40_000), gone(40_001)).verdict).toBe('fail');
    expect(died(unseen('keys', 21_000, 27_000), gone(27_001)).verdict).toBe('pass');
    // The service came back, and fleet could not say so.
    expect(died(unseen('units', 22_000, 40_000), unitState(40_001, db, 'core-01')).verdict).toBe('unknown');
    expect(died(unseen('keys', 27_000, 60_000), event(60_000, 'watch-ended', {})).verdict).toBe('unknown');
  });
});

describe('sessions', () => {
  const page = (atMs: number, session: string | undefined, error?: string): Sample => ({
    probe: 'page',
    wallMs: runBeganMs + atMs,
    ms: 5,
    ok: error === undefined,
    machine: 'core-01',
    ...(session !== undefined && { session }),
    ...(error !== undefined && { error }),
  });
  const lost = [page(1_000, 'a'), page(20_000, 'b')];

  it('an error page fails, no answer is only counted', () => {
    expect(check('sessions', { samples: [page(1, 'a'), page(2, undefined, 'HTTP 500')] }).verdict).toBe('fail');
    const refused = check('sessions', {
      samples: [page(1, 'a'), page(2, undefined, 'connect ECONNREFUSED 172.17.8.101:3000')],
    });
    expect(refused).toMatchObject({ verdict: 'pass' });
    expect(refused.evidence).toContain('1 without an answer');
  });

  it('a session made anew needs a cause', () => {
    expect(check('sessions', { samples: lost })).toMatchObject({ verdict: 'fail' });
    const changed = [unitState(15_000, 'memcached@2.service', 'core-02', 'failed/failed')];
    expect(check('sessions', { samples: lost, events: changed })).toMatchObject({ verdict: 'pass' });
    const later = [unitState(30_000, 'memcached@2.service', 'core-02', 'failed/failed')];
    expect(check('sessions', { samples: lost, events: later }).verdict).toBe('fail');
  });

  it('a slow machine has longer to make one anew', () => {
    const samples = [page(1_000, 'a'), page(120_000, 'b')];
    const events = [unitState(15_000, 'memcached@2.service', 'core-02', 'failed/failed')];
    expect(check('sessions', { samples, events }).verdict).toBe('fail');
    const config = { ...runRecord().config, stretch: 10 };
    expect(check('sessions', { samples, events, config }).verdict).toBe('pass');
  });
});

describe('nothing-moved', () => {
  const move = unitTarget(20_000, 'worker.service', 'core-02', 'core-03');

  it('a unit that leaves a sound machine fails, a first placement is no move', () => {
    expect(check('nothing-moved', { events: [unitTarget(1, 'worker.service', null, 'core-02')] }).verdict).toBe('pass');
    expect(check('nothing-moved', { events: [move] })).toMatchObject({
      verdict: 'fail',
      evidence: 'worker.service left core-02 for core-03 at 20.0 s without a cause',
    });
  });

  it.each([
    ['a fault there', faultEvents('core-02', { kind: 'cut' }, 15_000, 25_000)],
    ['its absence', [event(19_000, 'machine-gone', { machine: 'core-02' })]],
    ['a command', [event(19_000, 'command', { command: 'fleetctl destroy worker' })]],
  ])('%s is a cause', (_what, cause) => {
    expect(check('nothing-moved', { events: history(cause, move) }).verdict).toBe('pass');
  });

  it.each([
    ['a fault elsewhere', faultEvents('core-01', { kind: 'cut' }, 15_000, 25_000)],
    ['a fault long undone', faultEvents('core-02', { kind: 'cut' }, 1_000, 9_000)],
    ['a command about another unit', [event(19_000, 'command', { command: 'fleetctl destroy web@{1..3}' })]],
  ])('%s is none', (_what, cause) => {
    expect(check('nothing-moved', { events: history(cause, move) }).verdict).toBe('fail');
  });

  it('a sidekick follows its principal', () => {
    const follow = unitTarget(20_001, sidekick, 'core-02', 'core-03');
    const principal = unitTarget(20_000, db, 'core-02', 'core-03');
    const destroy = event(19_000, 'command', { command: 'fleetctl destroy couchbase@1.service' });
    expect(check('nothing-moved', { events: [destroy, principal, follow] }).verdict).toBe('pass');
    const stayed = unitTarget(10_000, db, null, 'core-02');
    expect(check('nothing-moved', { events: [stayed, follow] }).verdict).toBe('fail');
  });
});
