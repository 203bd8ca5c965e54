import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ProbeName, type Sample, probeNames } from '#scenarios/harness/record/sample.ts';
import { probeSeries } from '#scenarios/harness/report/html/timeline/buckets.ts';
import { gaps } from '#scenarios/harness/report/html/timeline/lanes.ts';
import { escapeText } from '#scenarios/harness/report/html/parts/xml-text.ts';
import { runs } from '#scenarios/harness/report/html/timeline/probe-paths.ts';
import { decadeAbove, logShare, percentOf, stackRows, ticks } from '#scenarios/harness/report/html/parts/scale.ts';
import { parseXml } from '../../unit/scenarios/harness/report/xml.ts';

const spanMs = fc.integer({ min: 1, max: 4_000_000 });
const time = fc.integer({ min: -1_000, max: 5_000_000 });

describe('scales', () => {
  it('keep order and stay within the picture', () => {
    fc.assert(
      fc.property(time, time, spanMs, (a, b, span) => {
        const [x, y] = [percentOf(Math.min(a, b), span), percentOf(Math.max(a, b), span)];
        expect(x).toBeGreaterThanOrEqual(0);
        expect(x).toBeLessThanOrEqual(y);
        expect(y).toBeLessThanOrEqual(100);
      }),
    );
  });

  it('ticks begin at 0, are evenly spaced, within the span and not too many', () => {
    fc.assert(
      fc.property(spanMs, fc.integer({ min: 2, max: 20 }), (span, most) => {
        const at = ticks(span, most);
        const [first, second = 0] = at;
        expect(first).toBe(0);
        expect(at.length).toBeLessThanOrEqual(most + 1);
        at.forEach((ms, index) => expect(ms).toBe(index * second));
        expect(at.at(-1)).toBeLessThanOrEqual(span);
      }),
    );
  });

  it('a latency never leaves its decade', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e6, noNaN: true }), (ms) => {
        const top = decadeAbove(ms);
        expect(top).toBeGreaterThanOrEqual(ms * (1 - 1e-9));
        expect(logShare(ms, top)).toBeGreaterThanOrEqual(0);
        expect(logShare(ms, top)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('marks on one row do not overlap', () => {
    const marks = fc.array(
      fc.tuple(fc.double({ min: 0, max: 100, noNaN: true }), fc.double({ min: 0.1, max: 30, noNaN: true })),
    );
    fc.assert(
      fc.property(marks, (unsorted) => {
        const sorted = unsorted.sort(([a], [b]) => a - b);
        const rows = stackRows(
          sorted.map(([at]) => at),
          sorted.map(([, width]) => width),
        );
        sorted.forEach(([at, width], index) =>
          sorted.slice(index + 1).forEach(([other], later) => {
            if (rows[index] === rows[index + 1 + later]) expect(other).toBeGreaterThanOrEqual(at + width);
          }),
        );
      }),
    );
  });
});

const sample = fc.record({
  probe: fc.constantFrom<ProbeName>(...probeNames),
  wallMs: fc.integer({ min: 900, max: 12_000 }),
  ms: fc.double({ min: 0, max: 5_000, noNaN: true }),
  ok: fc.boolean(),
});

it('thinning loses no sample and no failure, and keeps the worst', () => {
  fc.assert(
    fc.property(fc.array<Sample>(sample), fc.integer({ min: 1, max: 50 }), (samples, count) => {
      for (const series of probeSeries(samples, { wallToRunMs: 1_000, spanMs: 10_000, count })) {
        const own = samples.filter(({ probe }) => probe === series.probe);
        const good = own.filter(({ ok }) => ok).map(({ ms }) => ms);
        expect(series.buckets).toHaveLength(count);
        expect([series.asked, series.failed]).toEqual([own.length, own.length - good.length]);
        expect(series.worstMs).toBe(Math.max(0, ...good));
        const astray = series.buckets.filter(
          ({ asked, failed, medianMs = 0, worstMs }) =>
            failed > asked || (worstMs === undefined) !== (asked === failed) || medianMs > (worstMs ?? 0),
        );
        expect(astray).toEqual([]);
      }
    }),
  );
});

it('runs of equal values give the values back', () => {
  const values = fc.array(fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }));
  fc.assert(
    fc.property(values, (given) => {
      const back = Array<number | undefined>(given.length).fill(undefined);
      for (const { from, to, value } of runs(given)) back.fill(value, from, to);
      expect(back).toEqual(given);
    }),
  );
});

it('gaps and spans together cover the whole, and no gap lies in a span', () => {
  const span = fc.tuple(fc.nat(100), fc.nat(100)).map(([a, b]) => ({ fromMs: Math.min(a, b), toMs: Math.max(a, b) }));
  fc.assert(
    fc.property(span, fc.array(span), (whole, spans) => {
      const left = gaps(whole, spans);
      const within = (at: number) => (one: { fromMs: number; toMs: number }) => one.fromMs <= at && at < one.toMs;
      const moments = Array.from({ length: whole.toMs - whole.fromMs }, (_, index) => whole.fromMs + index);
      const covered = (at: number) => left.filter(within(at)).length + (spans.some(within(at)) ? 1 : 0);
      expect(moments.filter((at) => covered(at) !== 1)).toEqual([]);
    }),
  );
});

it('whatever the text, it is one text in an element and in an attribute', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 20 }), (text) => {
      const [element] = parseXml(`<a b="${escapeText(text)}">${escapeText(text)}</a>`).children;
      expect(element?.children).toEqual([]);
      expect(element?.text).toBe(element?.attributes['b']);
      expect(element?.text).toHaveLength(text.length);
    }),
  );
});
