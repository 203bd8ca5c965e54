import { describe, expect, it, vi } from 'vitest';
import { renderReportHtml } from '#scenarios/harness/report/html/render-report.tsx';
import { runReportSchema } from '#scenarios/harness/record/run-report.ts';
import { failoverEvents, failoverReport, failoverSamples } from './recorded-run.ts';
import { bare, hostileRun } from './hostile-run.ts';
import { all, parseXml } from './xml.ts';

const complaints = vi.spyOn(console, 'error');
const samples = failoverSamples();
const html = renderReportHtml({ report: failoverReport(), events: failoverEvents, samples });
const page = parseXml(html);
const lanes = all(page, 'g').filter(({ attributes }) => attributes['class']?.startsWith('lane'));

it('the recorded run keeps to the schema', () => {
  expect(runReportSchema.parse(failoverReport())).toEqual(failoverReport());
});

describe('one file', () => {
  it('asks for nothing from elsewhere', () => {
    expect(html).toMatch(/^<!DOCTYPE html>\n<html lang="en">/);
    expect(html.match(/(?:https?:)?\/\/[a-z]|url\((?!#)|@import|<link|<iframe/gi)).toBeNull();
    const sources = all(page).flatMap(({ attributes }) => [attributes['src'], attributes['href']]);
    for (const source of sources) if (source !== undefined) expect(source).toMatch(/^(#|data:image\/png;base64,)/);
  });

  it('stays small however much was asked', () => {
    const long = samples.flatMap((sample) => Array.from({ length: 5 }, (_, n) => ({ ...sample, ms: sample.ms + n })));
    const big = renderReportHtml({ report: failoverReport(), events: failoverEvents, samples: long });
    expect(Buffer.byteLength(html)).toBeLessThan(200_000);
    expect(Buffer.byteLength(big)).toBeLessThan(Buffer.byteLength(html) * 1.5);
  });

  it('carries the pictures of the run', () => {
    const base64 = Buffer.from('a picture').toString('base64');
    const screenshots = [{ name: 'page-core-01.png', base64 }];
    const image = all(
      parseXml(renderReportHtml({ report: failoverReport(), events: [], samples: [], screenshots })),
      'img',
    );
    expect(image.map(({ attributes }) => attributes)).toEqual([
      { alt: 'The page in a browser: page-core-01.png', src: `data:image/png;base64,${base64}` },
    ]);
  });
});

describe('accessible', () => {
  it('every picture says what it shows, every id is there once, every link leads somewhere', () => {
    const labelled = (one: (typeof lanes)[number]) =>
      one.attributes['aria-label'] ?? one.children.find(({ name }) => name === 'title')?.text;
    const pictures = all(page, 'svg').filter(({ attributes }) => attributes['role'] !== undefined);
    expect(pictures.length).toBeGreaterThan(10);
    for (const picture of pictures) expect(labelled(picture)).toMatch(/\w/);
    const ids = all(page).flatMap(({ attributes }) => attributes['id'] ?? []);
    expect(ids).toEqual([...new Set(ids)]);
    const links = all(page, 'a').map(({ attributes }) => attributes['href']?.slice(1) ?? '');
    expect(links.filter((link) => !ids.includes(link))).toEqual([]);
    const described = all(page).flatMap(({ attributes }) => attributes['aria-labelledby'] ?? []);
    expect(described.filter((id) => !ids.includes(id))).toEqual([]);
  });

  it('every lane can be reached by keyboard and says in words what it draws', () => {
    expect(lanes).toHaveLength(3 + 12 + 4 + 6);
    for (const { attributes } of lanes) expect(attributes).toMatchObject({ tabindex: '0', role: 'img' });
    const said = lanes.map(({ attributes }) => attributes['aria-label'] ?? '');
    expect(said).toContainEqual(
      expect.stringMatching(/^couchbase@1: 0\.00 s to 5\.59 s active\/running on core-03; .*on core-01/),
    );
    expect(said).toContainEqual(
      expect.stringMatching(/^core-03: .*not listed by fleet.*fault: cut core-03, 1\.14 s to 31\.09 s/),
    );
    expect(said).toContainEqual(expect.stringMatching(/^couchbase\/1: .*10\.1\.3\.4.*no such key.*10\.1\.1\.4/));
    expect(said).toContainEqual(expect.stringMatching(/^couchbase: 832 questions, 1\d\d failed/));
  });
});

it('says the verdict, how to repeat it, and every finding with its evidence', () => {
  const [heading] = all(page, 'h1');
  expect(heading?.text).toBe(`✓ Passed ${failoverReport().sentence}`);
  expect(page.text).toContain('lab scenario failover --by cut');
  for (const { name, evidence } of failoverReport().findings) {
    expect(page.text).toContain(name);
    expect(page.text).toContain(evidence);
  }
  for (const { reason } of failoverReport().decisions) expect(page.text).toContain(reason);
});

it('draws the machines before, during and after, with what moved and what has no machine', () => {
  const snapshots = all(page, 'article').map(({ text }) => text);
  expect(snapshots.map((text) => text.slice(0, 6))).toEqual(['before', 'during', 'after ']);
  expect(snapshots[1]).toMatch(/core-03 \S+ cut.*not listed by fleet.*No machine for.*web@1.*conflicts/s);
  expect(snapshots[1]).toMatch(/couchbase@1arrived.*10\.1\.1\.4 changed/s);
  expect(snapshots[0]).not.toMatch(/arrived|changed/);
});

describe('a record full of hostile text', () => {
  const { run, shown } = hostileRun();
  const text = renderReportHtml(run);
  const hostile = parseXml(text);

  it('adds no element and no attribute', () => {
    const ordinary = all(
      parseXml(renderReportHtml({ ...run, report: failoverReport(), events: failoverEvents, samples })),
    );
    const kinds = (elements: typeof ordinary) =>
      new Set(elements.flatMap(({ name, attributes }) => [`<${name}>`, ...Object.keys(attributes)]));
    const known = kinds(ordinary);
    expect([...kinds(all(hostile))].filter((kind) => !known.has(kind))).toEqual([]);
    expect(all(hostile, 'script')).toHaveLength(1);
    expect(text.match(/<\/?(script|style)\b/g)).toHaveLength(4);
  });

  it('shows all of it as text', () => {
    const words = bare(hostile.text);
    expect(shown.length).toBeGreaterThan(60);
    expect(shown.filter((one) => !words.includes(bare(one)))).toEqual([]);
  });

  it('shows what XML cannot write as U+FFFD', () => {
    const report = failoverReport({ sentence: 'a\u0000b\ud800c\u001b[31m' });
    const [heading] = all(parseXml(renderReportHtml({ report, events: [], samples: [] })), 'h1');
    expect(heading?.text).toBe('✓ Passed a\ufffdb\ufffdc\ufffd[31m');
  });

  it('still asks for nothing from elsewhere', () => {
    for (const { attributes } of all(hostile)) {
      expect(attributes['style'] ?? '').toMatch(/^(--\w+:\w+|height:\d+px|fill:url\(#hatch\d\))?$/);
      for (const source of [attributes['src'], attributes['href']]) {
        if (source !== undefined) expect(source).toMatch(/^(#[a-z-]+|data:image\/png;base64,\w+=*)$/);
      }
    }
  });
});

it.each<[what: string, change: Parameters<typeof failoverReport>[0]]>([
  ['without a fault', { faults: [], snapshots: [] }],
  [
    'that was broken off at once',
    {
      timeline: [],
      measures: [],
      findings: [],
      phases: [],
      snapshots: [],
      faults: [],
      probes: [],
      decisions: [],
      tookMs: 0,
      verdict: 'unknown',
    },
  ],
  ['whose steps never happened', { timeline: failoverReport().timeline.map(({ name, detail }) => ({ name, detail })) }],
])('a run %s is drawn as well', (_, change) => {
  const text = renderReportHtml({ report: failoverReport(change), events: [], samples: [] });
  parseXml(text);
  expect(text).not.toMatch(/NaN|undefined|Infinity|\[object/);
});

it('nothing of this gave React a reason to complain', () => {
  expect(complaints.mock.calls).toEqual([]);
});
