import { stripVTControlCharacters } from 'node:util';
import { expect, it } from 'vitest';
import { renderRunReport } from '#cli/render/run-report.ts';
import type { RunReport } from '#scenarios/harness/record/run-report.ts';

const report: RunReport = {
  schema: 'coreos-lab/run/2',
  scenario: 'failover',
  summary: '',
  parameters: { by: 'halt' },
  verdict: 'fail',
  command: 'lab scenario failover',
  sentence: 'Refuted: the page updates.',
  screenshots: [],
  lab: { name: 'lab', provider: 'nspawn', timers: {} },
  phases: [],
  faults: [],
  snapshots: [],
  decisions: [],
  measures: [
    { name: 'boot', group: 'halt', fromMs: 0, toMs: 2_500, ms: 2_500, detail: 'from its disk' },
    { name: 'boot', group: 'destroy', fromMs: 0, predicted: { minMs: 1_000, maxMs: 2_000, terms: 'boot' } },
  ],
  probes: [{ probe: 'page', asked: 900, failed: 31, medianMs: 3.2, p99Ms: 41, worstMs: 1_000, longestOutageMs: 2_400 }],
  harness: { probeCpuPercent: 4.1, clockErrorMs: 1.25 },
  startedAt: '2026-01-01T00:00:00.000Z',
  tookMs: 65_400,
  runDir: '/checkout/runs/failover/x',
  timeline: [
    { name: 'fault', atMs: 10_000, detail: 'core-01' },
    {
      name: 'machine gone',
      atMs: 10_250,
      detail: 'fleet no longer lists core-01',
      predicted: { minMs: 0, maxMs: 100, terms: 'halt' },
    },
    { name: 'active', detail: 'couchbase@1 started on ?' },
    { name: 'registered', atMs: 22_250, detail: '/services/couchbase/1 = 10.1.2.2' },
  ],
  findings: [
    { kind: 'claim', name: 'worker.service moved', verdict: 'pass', evidence: 'core-01 -> core-02' },
    { kind: 'claim', name: 'the page updates', verdict: 'fail', evidence: 'no message with rows' },
    { kind: 'claim', name: 'one worker', verdict: 'unknown', evidence: 'the stream server could not be asked' },
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
  expect(words('T1')).toEqual([
    'T1',
    'machine gone',
    '+0.25 s',
    '0.25 s',
    '0.0-0.10 s, over by 0.15 s',
    'fleet no longer lists core-01',
  ]);
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

it('ends with the verdict in one sentence, where the report is, and how to run a failed one again', () => {
  const text = lines();
  expect(text.at(-3)?.trim()).toBe('FAIL   Refuted: the page updates.');
  expect(text.at(-2)).toBe('after 65.4 s; report: /checkout/runs/failover/x/report.html');
  expect(text.at(-1)).toBe('again: lab scenario failover');
  expect(lines({ verdict: 'unknown' }).at(-2)).toContain('UNKNOWN');
});

it('begins with the command that was run', () => {
  expect(lines()[1]).toBe('lab scenario failover');
});

it('gives each group of measures a table, and what never happened no time', () => {
  const text = lines();
  expect(text.find((line) => line.startsWith('HALT'))).toBeDefined();
  expect(words('boot ')).toEqual(['boot', '2.50 s', 'no timer predicts this', 'from its disk']);
  const destroy = text.findIndex((line) => line.startsWith('DESTROY'));
  expect(text[destroy + 1]?.split(/ {2,}/)).toEqual(['boot', 'never', '1.0-2.00 s']);
});

it('shows what the probes saw and what they cost', () => {
  expect(words('page ')).toEqual(['page', '900', '31', '3.2 ms', '41.0 ms', '2.40 s']);
  expect(lines()).toContain('probes 4.1 % of a core, clock error 1.3 ms');
});

it.each([40, 80])('fits a terminal of %i columns, and breaks no word', (columns) => {
  const name = 'web@3.service stayed down for lack of a machine, and returned with the machine';
  const evidence = 'core-02 (c0028057...) runs web@2.service, which conflicts with web@*.service;\n  then on core-01';
  const finding = { kind: 'claim' as const, name, verdict: 'pass' as const, evidence };
  const sentence = 'All 17 statements held, and first good page came 18.1 s after fault.';
  const change = { findings: [finding], sentence, runDir: '/runs/x' };
  const text = stripVTControlCharacters(renderRunReport({ ...report, ...change }, columns));
  expect(text.split('\n').filter((line) => line.length > columns)).toEqual([]);
  for (const word of `${name} ${evidence} ${sentence}`.split(/\s+/)) expect(text.split(/\s+/)).toContain(word);
});
