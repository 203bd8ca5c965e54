import { expect, it } from 'vitest';
import type { Sample } from '#scenarios/harness/record/sample.ts';
import { longestOutage, summariseProbes } from '#scenarios/harness/record/summarise-probes.ts';

const sample = (wallMs: number, ms: number, ok = true, probe: Sample['probe'] = 'page'): Sample => ({
  probe,
  wallMs,
  ms,
  ok,
});

it('counts and orders the good answers of each probe', () => {
  const hundred = Array.from({ length: 100 }, (_, i) => sample(i * 50, i + 1));
  const [page, read] = summariseProbes([...hundred, sample(0, 1000, false, 'etcd-read')]);
  expect(page).toEqual({
    probe: 'page',
    asked: 100,
    failed: 0,
    medianMs: 50,
    p99Ms: 99,
    worstMs: 100,
    longestOutageMs: 0,
  });
  expect(read).toMatchObject({ probe: 'etcd-read', asked: 1, failed: 1, medianMs: 0, longestOutageMs: 1000 });
});

it('takes only what was asked within the window', () => {
  const samples = [sample(0, 5), sample(50, 7), sample(100, 9)];
  expect(summariseProbes(samples, 50, 100)).toMatchObject([{ asked: 1, medianMs: 7 }]);
  expect(summariseProbes(samples, 200)).toEqual([]);
});

it('an outage reaches from the question that failed to the next good answer', () => {
  expect(longestOutage([sample(0, 5), sample(50, 1000, false), sample(100, 1000, false), sample(150, 20)])).toBe(120);
});

it('one silent machine of three is an outage of one turn only', () => {
  const turns = Array.from({ length: 30 }, (_, i) => sample(i * 50, i % 3 === 0 ? 1000 : 4, i % 3 !== 0));
  expect(longestOutage(turns)).toBe(54);
});

it('the age of a message is no time to wait for it', () => {
  const socket = (wallMs: number, ms: number, ok: boolean) => sample(wallMs, ms, ok, 'socket');
  expect(longestOutage([socket(0, 16_000, false), socket(50, 16_050, false), socket(100, 3, true)])).toBe(100);
});
