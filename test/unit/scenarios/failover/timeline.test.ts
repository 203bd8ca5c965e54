import { expect, it } from 'vitest';
import { failoverTimeline } from '../../../../scenarios/failover/timeline.ts';
import { event, journal, pageMessage } from '../recorded.ts';
import { events, journals, newAddress, oldAddress, recordedRun } from './recorded-failover.ts';

const moments = (change: Partial<Parameters<typeof failoverTimeline>[0]> = {}) =>
  Object.fromEntries(failoverTimeline({ ...recordedRun, ...change }).map(({ name, atMs }) => [name, atMs]));

it('names every moment from the fault to the first good page, with its place', () => {
  expect(failoverTimeline(recordedRun)).toEqual([
    { name: 'fault', atMs: 1_000, detail: 'core-01' },
    { name: 'machine gone', atMs: 1_200, detail: 'fleet no longer lists core-01' },
    { name: 'rescheduled', atMs: 1_400, detail: 'couchbase@1 placed on core-02' },
    { name: 'active', atMs: 1_950, detail: 'couchbase@1 started on core-02' },
    { name: 'registered', atMs: 2_300, detail: `/services/couchbase/1 = ${newAddress}` },
    { name: 'app restarted', atMs: 2_600, detail: 'web@2.service on core-02' },
    { name: 'first good page', atMs: 3_500, detail: '3 rows from core-03' },
  ]);
});

it("what was so before the fault is no step: a start, a place, a key of the deployment's", () => {
  const earlier = [
    event(200, 'machine-gone', { machine: 'core-01' }),
    event(210, 'unit-target', { unit: 'couchbase@1.service', from: null, to: 'core-02' }),
    event(220, 'key-set', { key: '/services/couchbase/1', value: oldAddress }),
  ];
  expect(moments({ events: [...earlier, ...events] })).toEqual(moments());
});

it('a page is good only with rows, and only from an app that knows the new address', () => {
  const without = events.filter(({ type, atMs }) => type !== 'page-message' || atMs < 3_500);
  expect(moments({ events: without })).toMatchObject({ 'app restarted': 2_600, 'first good page': undefined });
  expect(moments({ events: [...without, pageMessage(5_000, 'core-02', 1)] })['first good page']).toBe(5_000);
});

it('a step that was never seen has no time, and those that need it have none either', () => {
  const unregistered = events.filter(({ type }) => type !== 'key-set');
  expect(moments({ events: unregistered })).toMatchObject({
    rescheduled: 1_400,
    registered: undefined,
    'app restarted': undefined,
    'first good page': undefined,
  });
  expect(moments({ journal: [] })).toMatchObject({ active: undefined, 'app restarted': undefined });
  expect(Object.values(moments({ events: [], journal: [] }))).toEqual([1_000, ...Array<undefined>(6).fill(undefined)]);
});

it('the app may have read the key up to a sample before it was seen, but an old log line does not count', () => {
  const line = (atMs: number) =>
    journal(atMs, 'core-03', 'web@3.service', `current config: { couchbase: 'couchbase://${newAddress}' }`);
  const others = journals.filter(({ unit }) => !unit.startsWith('web@'));
  expect(moments({ journal: [...others, line(1_800)] })['app restarted']).toBe(1_800);
  expect(moments({ journal: [...others, line(900)] })['app restarted']).toBeUndefined();
});
