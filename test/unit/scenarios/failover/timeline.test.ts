import { expect, it } from 'vitest';
import { failoverTimeline } from '#scenarios/failover/timeline.ts';
import type { RunRecord } from '#scenarios/harness/record/run-record.ts';
import { event, journal, pageMessage, unitState, unitTarget } from '../recorded.ts';
import { events, journals, newAddress, oldAddress, recordedOutcome, recordedRun } from './recorded-failover.ts';

const timeline = (change: Partial<RunRecord> = {}, outcome = recordedOutcome()) =>
  failoverTimeline(recordedRun(change), outcome);
const moments = (...args: Parameters<typeof timeline>) =>
  Object.fromEntries(Object.entries(timeline(...args)).map(([name, { atMs }]) => [name, atMs]));

it('names each moment from the fault to the return, with its place', () => {
  expect(timeline()).toEqual({
    fault: { atMs: 1_000, detail: 'core-01' },
    gone: { atMs: 1_200, detail: 'fleet no longer lists core-01' },
    rescheduled: { atMs: 1_400, detail: 'couchbase@1 placed on core-02' },
    active: { atMs: 1_950, detail: 'couchbase@1 started on core-02' },
    registered: { atMs: 2_300, detail: `/services/couchbase/1 = ${newAddress}` },
    appRestarted: { atMs: 2_600, detail: 'web@2.service on core-02' },
    goodPage: { atMs: 3_500, detail: '3 rows from core-03' },
    back: { atMs: 8_000, detail: 'fleet lists core-01 again' },
    webBack: { atMs: 9_000, detail: 'web@1.service runs on core-01' },
    pageBack: { atMs: 9_300, detail: 'rows on the page of core-01' },
  });
});

it("what was so before the fault is no step: a start, a place, a key of the deployment's", () => {
  const earlier = [
    event(200, 'machine-gone', { machine: 'core-01' }),
    unitTarget(210, 'couchbase@1.service', null, 'core-02'),
    event(220, 'key-set', { key: '/services/couchbase/1', value: '10.1.33.2', old: null }),
  ];
  expect(moments({ events: [...earlier, ...events] })).toEqual(moments());
});

it('a page is good only with rows, and only from an app that knows the new address', () => {
  const without = events.filter(({ type, atMs }) => type !== 'page-message' || atMs < 3_500);
  expect(moments({ events: without })).toMatchObject({ appRestarted: 2_600, goodPage: undefined });
  expect(moments({ events: [...without, pageMessage(9_600, 'core-02', 1)] })['goodPage']).toBe(9_600);
  const fromBroken = [...without, pageMessage(9_600, 'core-01', 1)];
  expect(moments({ events: fromBroken })['goodPage']).toBeUndefined();
});

it('a step that was never seen has no time, and those that need it have none either', () => {
  const unregistered = events.filter(({ type, atMs }) => type !== 'key-set' || atMs < 1_000);
  const seen = moments({ events: unregistered });
  expect(seen).toMatchObject({ rescheduled: 1_400, registered: undefined, appRestarted: undefined });
  expect(moments({ journal: [] })).toMatchObject({ active: undefined, appRestarted: undefined });
  const nothing = moments({ events: [], journal: [] });
  expect(nothing).toMatchObject({ fault: 1_000, gone: undefined, goodPage: undefined, back: undefined });
});

it('the old value set again is no new announcement', () => {
  const again = event(2_250, 'key-set', { key: '/services/couchbase/1', value: oldAddress, old: null });
  const all = [...events, again].sort((a, b) => a.atMs - b.atMs);
  expect(timeline({ events: all }).registered?.detail).toContain(newAddress);
});

it('the app may have read the key up to a sample before it was seen, but an old log line does not count', () => {
  const line = (atMs: number) =>
    journal(atMs, 'core-03', 'web@3.service', `current config: { couchbase: 'couchbase://${newAddress}' }`);
  const others = journals.filter(({ unit }) => !unit.startsWith('web@'));
  expect(moments({ journal: [...others, line(1_800)] })['appRestarted']).toBe(1_800);
  expect(moments({ journal: [...others, line(900)] })['appRestarted']).toBeUndefined();
});

it('a machine that returns with what has moved stops it: the last stop counts, not one before the return', () => {
  const stops = [
    journal(1_100, 'core-01', 'worker.service', 'Stopped worker.service - Stores.'),
    journal(8_300, 'core-01', 'worker.service', 'Stopped worker.service - Stores.'),
    journal(8_900, 'core-01', 'couchbase@1.service', 'Stopped couchbase@1.service - Couchbase.'),
    journal(8_950, 'core-02', 'couchbase@1.service', 'Stopped couchbase@1.service - Couchbase.'),
  ];
  const { oldCopiesStopped } = timeline({ journal: [...journals, ...stops] });
  expect(oldCopiesStopped).toEqual({ atMs: 8_900, detail: '2 units stopped on core-01' });
});

it('a memcached that moves is known by its own key and address; a worker has neither', () => {
  const unit = 'memcached@2.service';
  const key = '/services/memcached/2';
  const own = [
    ...events.filter(({ type }) => type !== 'key-set'),
    unitTarget(1_400, unit, 'core-01', 'core-03'),
    event(1_800, 'key-set', { key, value: '10.1.33.4', old: null }),
  ].sort((a, b) => a.atMs - b.atMs);
  const journalLines = [
    journal(1_700, 'core-03', unit, `Started ${unit} - memcached 2.`),
    journal(
      2_500,
      'core-02',
      'web@2.service',
      "current config: { couchbase: 'couchbase://x', memcached: [ '10.1.33.44:11211' ] }",
    ),
    journal(
      2_900,
      'core-02',
      'web@2.service',
      "current config: { couchbase: 'couchbase://x', memcached: [ '10.1.33.4:11211' ] }",
    ),
  ];
  const subject = { unit, key: { name: key, old: '10.1.11.3' } };
  expect(moments({ events: own, journal: journalLines }, recordedOutcome({ subject, moved: [unit] }))).toMatchObject({
    rescheduled: 1_400,
    active: 1_700,
    registered: 1_800,
    appRestarted: 2_900,
    goodPage: 3_500,
  });
  const worker = recordedOutcome({ subject: { unit: 'worker.service' } });
  const started = [journal(1_600, 'core-02', 'worker.service', 'Started worker.service - Stores.')];
  expect(Object.keys(timeline({ journal: started }, worker))).not.toContain('registered');
  expect(moments({ journal: started }, worker)).toMatchObject({ active: 1_600, goodPage: 1_900 });
});

it('with nothing but a web unit on the machine, a page is good once the loss is known', () => {
  const lonely = recordedOutcome({ subject: undefined, moved: [] });
  expect(moments({}, lonely)).toEqual({
    fault: 1_000,
    gone: 1_200,
    goodPage: 1_900,
    back: 8_000,
    webBack: 9_000,
    pageBack: 9_300,
  });
  const still = events.filter((e) => e.type !== 'machine-gone');
  expect(moments({ events: [...still, unitState(9_700, 'x.service', 'core-01')] }, lonely)['goodPage']).toBeUndefined();
});
