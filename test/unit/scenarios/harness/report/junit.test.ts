import { expect, it } from 'vitest';
import { junitXml } from '#scenarios/harness/report/junit.ts';
import { failoverReport } from './recorded-run.ts';
import { all, parseXml } from './xml.ts';

it('has one test case for each finding: fail is a failure, unknown is skipped, with the evidence', () => {
  const findings = [
    { kind: 'claim', name: 'a & b < c', verdict: 'pass', evidence: 'seen' },
    { kind: 'invariant', name: 'it "held"', verdict: 'fail', evidence: 'first\nsecond <line>\u001b[31m' },
    { kind: 'evidence', name: 'asked', verdict: 'unknown', evidence: 'no answer' },
  ] as const;
  const xml = parseXml(junitXml(failoverReport({ findings: [...findings] })));
  const [suite] = all(xml, 'testsuite');
  expect(suite?.attributes).toMatchObject({ tests: '3', failures: '1', skipped: '1', errors: '0', time: '41.642' });
  expect(all(xml, 'testcase').map(({ attributes }) => [attributes['classname'], attributes['name']])).toEqual([
    ['failover.claim', 'a & b < c'],
    ['failover.invariant', 'it "held"'],
    ['failover.evidence', 'asked'],
  ]);
  const [failure] = all(xml, 'failure');
  expect(failure).toMatchObject({ attributes: { message: 'first' }, text: 'first\nsecond <line>\ufffd[31m' });
  expect(all(xml, 'skipped').map(({ attributes }) => attributes['message'])).toEqual(['unknown: no answer']);
  expect(all(xml, 'property').map(({ attributes }) => attributes['name'])).toEqual([
    'command',
    'verdict',
    'by',
    'target',
  ]);
});
