import { expect, it } from 'vitest';
import { failoverFindings, type FailoverOutcome } from '#scenarios/failover/findings.ts';
import { failoverTimeline } from '#scenarios/failover/timeline.ts';
import type { RunRecord } from '#scenarios/harness/record/run-record.ts';
import { overallVerdict } from '#scenarios/harness/record/verdict.ts';
import { unitState, unitTarget } from '../recorded.ts';
import { events, journals, recordedOutcome, recordedRun } from './recorded-failover.ts';

const findings = (record: Partial<RunRecord> = {}, outcome: Partial<FailoverOutcome> = {}) => {
  const [whole, whatWasDone] = [recordedRun(record), recordedOutcome(outcome)];
  return failoverFindings(whole, whatWasDone, failoverTimeline(whole, whatWasDone));
};
/** The findings that do not pass when the record is changed so. */
const complaints = (...args: Parameters<typeof findings>) =>
  findings(...args)
    .filter(({ verdict }) => verdict !== 'pass')
    .map(({ name, verdict, evidence }) => `${verdict}: ${name}: ${evidence}`);

const without = (matches: (event: (typeof events)[number]) => boolean) => ({
  events: events.filter((e) => !matches(e)),
});
const adding = (...more: typeof events) => ({ events: [...events, ...more].sort((a, b) => a.atMs - b.atMs) });

it('a failover that went well proves all its claims', () => {
  expect(complaints()).toEqual([]);
  expect(overallVerdict(findings())).toBe('pass');
  expect(findings().map(({ name, evidence }) => `${name}: ${evidence}`)).toEqual([
    'couchbase@1.service moved: core-01 -> core-02',
    'couchbase-sidekick@1.service moved: core-01 -> core-02',
    'worker.service moved: core-01 -> core-02',
    'web@1.service stayed down for lack of a machine, and returned with the machine: placed nowhere; then on core-01',
    'couchbase@1 registered at its new address: /services/couchbase/1: 10.1.11.2 -> 10.1.22.2',
    'the apps restarted with the new address: 10.1.22.2 logged by web@2.service, web@3.service, worker.service',
    'the page updates again, seen by a Socket.IO client: 2 messages, 2 times a new newest row',
    "documents before and after (the chapter's accepted loss): 120 before the fault, 7 in the new, once empty bucket",
  ]);
});

it.each<[what: string, record: Partial<RunRecord>, outcome: Partial<FailoverOutcome>, complaint: RegExp]>([
  [
    'a unit that runs nowhere',
    without(({ type, data }) => type === 'unit-state' && data.unit === 'worker.service'),
    {},
    /^fail: worker\.service moved: core-01 -> nowhere/,
  ],
  [
    'a third web unit that found a place',
    adding(unitTarget(2_000, 'web@1.service', null, 'core-02')),
    {},
    /^fail: web@1\.service stayed down.*placed on core-02/,
  ],
  [
    'a third web unit that never came back',
    adding(unitState(9_300, 'web@1.service', 'core-01', null)),
    {},
    /never back/,
  ],
  ['a run that ended before the machine was back', {}, { healedMs: undefined }, /^unknown: web@1\.service stayed down/],
  ['a run that ended before all had moved', {}, { settledMs: undefined }, /^unknown: couchbase@1\.service moved/],
  [
    'a key that is gone',
    without(({ type, atMs }) => type === 'key-set' && atMs > 1_000),
    {},
    /^fail: couchbase@1 registered.*-> no key/,
  ],
  [
    'a key that holds nothing for apps to restart with',
    without(({ type, atMs }) => type === 'key-set' && atMs > 1_000),
    {},
    /^fail: the apps restarted.*\/services\/couchbase\/1 held no address/m,
  ],
  [
    'a run that ended before the apps could restart',
    {},
    { settledMs: undefined },
    /^unknown: the apps restarted.*was not seen any more/m,
  ],
  [
    'an app that was not restarted',
    { journal: journals.filter(({ unit }) => unit !== 'worker.service') },
    {},
    /^fail: the apps restarted.*not logged by worker\.service/,
  ],
  ['an app that knew the address too late', {}, { settledMs: 2_650 }, /not logged by web@3\.service/],
  ['no journal at all', { journal: [] }, {}, /^unknown: the apps restarted.*no journal/],
  [
    'a page without rows',
    without(({ type, atMs }) => type === 'page-message' && atMs > 1_000),
    {},
    /^fail: the page updates/,
  ],
  [
    'a page that shows what it showed before',
    { events: events.map((e) => (e.type === 'page-message' ? { ...e, data: { ...e.data, firstKey: '"1"' } } : e)) },
    {},
    /^fail: the page updates.* 0 times/,
  ],
  ['a bucket that stays empty', {}, { documents: { before: 120, after: 0 } }, /^fail: documents before and after/],
  ['a Couchbase that could not be asked', {}, { documents: { before: undefined, after: 7 } }, /^unknown: documents/],
])('%s is found', (_what, record, outcome, complaint) => {
  expect(complaints(record, outcome).join('\n')).toMatch(complaint);
});

it('a machine without Couchbase claims only what applies', () => {
  const subject = { unit: 'worker.service' };
  const names = findings({}, { subject, moved: ['worker.service'] }).map(({ name }) => name);
  expect(names.filter((name) => /couchbase|apps restarted|documents/.test(name))).toEqual([]);
  expect(findings({}, { subject: undefined, moved: [], displaced: undefined }).map(({ name }) => name)).toEqual([
    'the page updates again, seen by a Socket.IO client',
  ]);
});
