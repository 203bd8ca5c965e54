import { stripVTControlCharacters } from 'node:util';
import { expect, it } from 'vitest';
import { renderRunReport } from '../../../../cli/render/run.ts';
import type { RunReport } from '../../../../scenarios/harness/run-scenario.ts';

const report: RunReport = {
  ...{ schema: 'coreos-lab/run/1', scenario: 'failover', parameters: { by: 'halt' }, verdict: 'fail' },
  ...{ startedAt: '2026-01-01T00:00:00.000Z', tookMs: 65_400, runDir: '/checkout/runs/failover/x' },
  timeline: [
    { name: 'fault', atMs: 10_000, detail: 'core-01' },
    { name: 'machine gone', atMs: 10_250, detail: 'fleet no longer lists core-01' },
    { name: 'active', atMs: undefined, detail: 'couchbase@1 started on ?' },
    { name: 'registered', atMs: 22_250, detail: '/services/couchbase/1 = 10.1.2.2' },
  ],
  findings: [
    { name: 'worker.service moved', verdict: 'pass', evidence: 'core-01 -> core-02' },
    { name: 'the page updates', verdict: 'fail', evidence: 'no message with rows' },
    { name: 'one worker', verdict: 'unknown', evidence: 'the stream server could not be asked' },
  ],
  facts: { machine: 'core-01' },
};
const lines = (change: Partial<RunReport> = {}) =>
  stripVTControlCharacters(renderRunReport({ ...report, ...change })).split('\n');
const words = (start: string, change?: Partial<RunReport>) =>
  lines(change)
    .find((line) => line.startsWith(start))
    ?.split(/ {2,}/);

it('gives each step its time since the fault and since the step before that was seen', () => {
  expect(words('T0')).toEqual(['T0', 'fault', '+0.00 s', 'core-01']);
  expect(words('T1')).toEqual(['T1', 'machine gone', '+0.25 s', '0.25 s', 'fleet no longer lists core-01']);
  expect(words('T3')).toEqual(['T3', 'registered', '+12.3 s', '12.0 s', '/services/couchbase/1 = 10.1.2.2']);
});

it('a step that was never seen has no time', () => {
  expect(words('T2')).toEqual(['T2', 'active', '-', 'couchbase@1 started on ?']);
});

it('marks each finding and shows its evidence below it', () => {
  const text = lines();
  for (const [mark, index] of [
    ['✓', 0],
    ['✗', 1],
    ['?', 2],
  ] as const) {
    const { name, evidence } = report.findings[index] ?? { name: '', evidence: '' };
    const at = text.indexOf(`${mark} ${name}`);
    expect([name, at >= 0, text[at + 1]]).toEqual([name, true, `    ${evidence}`]);
  }
});

it('ends with the verdict, how long it took and where the evidence is', () => {
  expect(lines().at(-1)?.trim()).toBe('FAIL   after 65.4 s; evidence in /checkout/runs/failover/x');
  expect(lines({ verdict: 'unknown' }).at(-1)).toContain('UNKNOWN');
});

it('begins with the command that was run', () => {
  expect(lines()[1]).toBe('lab scenario failover: core-01');
  expect(lines({ parameters: { by: 'cut' } })[1]).toBe('lab scenario failover --cut: core-01');
});

it('a run that broke off has no timeline, but its findings', () => {
  const text = lines({ timeline: [], facts: {} });
  expect(text.filter((line) => /^(T\d| +STEP)/.test(line))).toEqual([]);
  expect(text).toContain('✗ the page updates');
});
