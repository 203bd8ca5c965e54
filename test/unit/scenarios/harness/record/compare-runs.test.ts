import { expect, it } from 'vitest';
import { compareRuns, compared, paired } from '#scenarios/harness/record/compare-runs.ts';
import { renderComparisonHtml } from '#scenarios/harness/report/html/render-comparison.tsx';
import { bare, hostileRun } from '../report/hostile-run.ts';
import { failoverReport } from '../report/recorded-run.ts';
import { parseXml } from '../report/xml.ts';

it('gives difference and ratio only where both runs have the figure', () => {
  expect(compared('x', 200, 300)).toMatchObject({ difference: 100, ratio: 1.5 });
  expect(compared('x', 300, 200)).toMatchObject({ difference: -100, ratio: 2 / 3 });
  expect(compared('x', 0, 5)).toMatchObject({ difference: 5, ratio: undefined });
  expect(compared('x', undefined, 5)).toMatchObject({ a: undefined, b: 5, difference: undefined, ratio: undefined });
});

it('pairs by name, the nth with the nth, and keeps what only one has', () => {
  const a = [
    ['x', 1],
    ['y', 2],
    ['x', 3],
  ] as const;
  const b = [
    ['x', 10],
    ['z', 20],
    ['x', 30],
  ] as const;
  expect(paired(a, b)).toEqual([
    ['x', 1, 10],
    ['y', 2, undefined],
    ['x', 3, 30],
    ['z', undefined, 20],
  ]);
});

it('compares steps since each run’s own fault, measures in their groups, and probes', () => {
  const later = failoverReport({
    timeline: failoverReport().timeline.map((step) => ({ ...step, atMs: (step.atMs ?? 0) * 2 + 9 })),
    measures: failoverReport().measures.map((one) => ({ ...one, ms: 7 })),
    findings: failoverReport().findings.map((one, index) => ({ ...one, verdict: index === 0 ? 'fail' : one.verdict })),
  });
  const comparison = compareRuns(failoverReport(), later);
  expect(comparison.timeline[0]).toMatchObject({
    name: 'machine gone',
    a: 4_455,
    b: 8_910,
    difference: 4_455,
    ratio: 2,
  });
  expect(comparison.timeline).toHaveLength(6);
  expect(comparison.measures.at(-1)).toMatchObject({
    group: 'memcached',
    name: 'memcached@2 deregistered first',
    a: undefined,
    b: 7,
  });
  expect(comparison.probes[1]).toMatchObject({ probe: 'page', name: 'failed', unit: 'count', difference: 0 });
  expect(comparison.findings.filter(({ a, b }) => a !== b)).toEqual([
    { name: 'couchbase@1.service moved', a: 'pass', b: 'fail' },
  ]);
  const html = renderComparisonHtml(comparison);
  expect(parseXml(html).text).toMatch(/machine gone.*4\.46 s.*8\.91 s.*×2\.00/s);
  expect(html).not.toMatch(/NaN|undefined|Infinity/);
});

it('refuses runs of different scenarios', () => {
  expect(() => compareRuns(failoverReport(), failoverReport({ scenario: 'deploy' }))).toThrow(
    /different scenarios: failover and deploy/,
  );
});

it('shows hostile text of either run as text', () => {
  const { run } = hostileRun();
  const html = renderComparisonHtml(compareRuns(run.report, { ...run.report, measures: [], findings: [] }));
  const page = parseXml(html);
  const { sentence, command, measures, findings, probes } = run.report;
  const texts = [sentence, command, ...[...measures, ...findings].map(({ name }) => name)];
  const words = bare(page.text);
  expect([...texts, ...probes.map(({ probe }) => probe)].filter((text) => !words.includes(bare(text)))).toEqual([]);
  expect(html.match(/<\/?(script|style|img)\b/g)).toHaveLength(4);
});
