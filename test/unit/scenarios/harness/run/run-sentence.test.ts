import { expect, it } from 'vitest';
import { runSentence } from '#scenarios/harness/run/run-sentence.ts';
import type { Verdict } from '#scenarios/harness/record/verdict.ts';

const finding = (name: string, verdict: Verdict) => ({ name, verdict, evidence: '', kind: 'claim' as const });
const timeline = [
  { name: 'fault', atMs: 1_000, detail: '' },
  { name: 'first good page', atMs: 20_300, detail: '' },
  { name: 'never', detail: '' },
];

it('says how many statements held and how long it took', () => {
  const findings = [finding('a', 'pass'), finding('b', 'pass')];
  expect(runSentence({ verdict: 'pass', findings, timeline })).toBe(
    'All 2 statements held, and first good page came 19.3 s after fault.',
  );
  expect(runSentence({ verdict: 'pass', findings, timeline: [] })).toBe('All 2 statements held.');
});

it('names the first statement that was refuted, or for which evidence is missing', () => {
  const findings = [finding('a', 'unknown'), finding('b', 'fail'), finding('c', 'fail')];
  expect(runSentence({ verdict: 'fail', findings, timeline: [] })).toBe('Refuted: b (and 1 more).');
  const open = [finding('a', 'unknown'), finding('b', 'pass')];
  expect(runSentence({ verdict: 'unknown', findings: open, timeline })).toContain('evidence: a.');
  expect(runSentence({ verdict: 'unknown', findings: [], timeline: [] })).toContain('Nothing was proven');
});
