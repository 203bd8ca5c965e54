import { expect, it } from 'vitest';
import { type FailoverRecord, failoverFindings } from '../../../../scenarios/failover/findings.ts';
import { overallVerdict } from '../../../../scenarios/harness/verdict.ts';
import { unit, unitTarget } from '../recorded.ts';
import { events, journals, recordedFailover } from './recorded-failover.ts';

/** The findings that do not pass when the record is changed so. */
const complaints = (change: Partial<FailoverRecord>) =>
  failoverFindings(recordedFailover(change))
    .filter(({ verdict }) => verdict !== 'pass')
    .map(({ name, verdict, evidence }) => `${verdict}: ${name}: ${evidence}`);

const sound = recordedFailover();

it('a failover that went well proves all its claims', () => {
  expect(complaints({})).toEqual([]);
  const findings = failoverFindings(sound);
  expect(overallVerdict(findings)).toBe('pass');
  expect(findings.slice(0, 3).map(({ name, evidence }) => `${name}: ${evidence}`)).toEqual([
    'couchbase@1.service moved: core-01 -> core-02',
    'couchbase-sidekick@1.service moved: core-01 -> core-02',
    'worker.service moved: core-01 -> core-02',
  ]);
  for (const { evidence } of findings) expect(evidence).not.toBe('');
});

const settledWith = (name: string, machine?: string) => ({
  ...sound.settled,
  units: sound.settled.units.map((u) => (u.name === name ? unit(name, machine) : u)),
});

it.each<[what: string, change: Partial<FailoverRecord>, complaint: RegExp]>([
  [
    'a unit that runs nowhere',
    { settled: settledWith('worker.service') },
    /^fail: worker\.service moved: core-01 -> nowhere/,
  ],
  [
    'a third web unit that found a place',
    { settled: settledWith('web@1.service', 'core-02') },
    /^fail: the third web.*ran elsewhere/,
  ],
  ['a third web unit that never came back', { healed: sound.settled }, /^fail: the third web.*never back/],
  ['a machine that was never brought back', { healed: undefined }, /^unknown: the third web/],
  [
    'an address that did not change',
    { settled: { ...sound.settled, keys: sound.before.keys } },
    /^fail: Couchbase registered/,
  ],
  ['a key that is gone', { settled: { ...sound.settled, keys: {} } }, /^fail: Couchbase registered.*-> no key/],
  [
    'a worker that did not restart',
    { journal: journals.filter((l) => l.unit !== 'worker.service') },
    /^fail: worker and web restarted.*not by worker\.service/,
  ],
  [
    'a web unit that did not restart',
    { journal: journals.filter((l) => l.unit !== 'web@3.service') },
    /^fail: worker and web restarted.*not by web@3\.service/,
  ],
  [
    'a page that came back but stands still',
    { events: events.filter(({ atMs }) => atMs !== 4_000) },
    /^fail: the page updates.*1 messages/,
  ],
  [
    'a page that stays empty',
    { events: events.filter(({ type, atMs }) => type !== 'page-message' || atMs < 3_000) },
    /^fail: the page updates/,
  ],
  ['a bucket that stays empty', { documents: { before: 120, after: 0 } }, /^fail: documents before and after/],
  [
    'a Couchbase that cannot be asked',
    { documents: { before: 120, after: undefined } },
    /^unknown: documents before and after/,
  ],
  ['a stream server that cannot be asked', { connections: undefined }, /^unknown: at most one worker/],
  [
    'two workers at once',
    { connections: [...(sound.connections ?? []), { address: '172.17.8.103', openedAt: 1 }] },
    /^fail: at most one worker/,
  ],
  [
    'a unit that moved for nothing',
    { events: [...events, unitTarget(5_000, 'web@2.service', 'core-02', 'core-03')] },
    /^fail: nothing moved that need not/,
  ],
])('complains of %s', (_, change, complaint) => {
  const found = complaints(change);
  expect(found).toContainEqual(expect.stringMatching(complaint));
});

it('complains of nothing else when one thing went wrong', () => {
  expect(complaints({ documents: { before: 120, after: 0 } })).toHaveLength(1);
  expect(complaints({ connections: undefined })).toHaveLength(1);
});
