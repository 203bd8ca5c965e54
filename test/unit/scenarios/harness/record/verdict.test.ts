import { expect, it } from 'vitest';
import { overallVerdict, type Verdict, verdictExitCodes } from '#scenarios/harness/record/verdict.ts';

const overall = (...verdicts: Verdict[]) =>
  overallVerdict(verdicts.map((verdict) => ({ name: 'x', verdict, evidence: '' })));

it('passes when everything passed', () => {
  expect(overall('pass', 'pass')).toBe('pass');
});

it('one failure fails the run, whatever is unknown', () => {
  expect(overall('pass', 'fail', 'pass')).toBe('fail');
  expect(overall('unknown', 'fail')).toBe('fail');
});

it('claims neither when evidence is missing, or when nothing was looked at', () => {
  expect(overall('pass', 'unknown')).toBe('unknown');
  expect(overall()).toBe('unknown');
});

it('becomes an exit code of its own', () => {
  expect(verdictExitCodes).toEqual({ pass: 0, fail: 1, unknown: 2 });
});
