import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gapBefore, rsvpAt } from '#apps/meetup/src/rsvp.ts';

const place = fc.record({
  seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  index: fc.integer({ min: 0, max: 2 ** 33 }),
});

describe('rsvpAt', () => {
  it('gives the same RSVP for the same seed and index', () => {
    fc.assert(
      fc.property(place, ({ seed, index }) => {
        expect(rsvpAt(seed, index)).toEqual(rsvpAt(seed, index));
      }),
    );
  });

  it('gives another stream for another seed', () => {
    const names = (seed: number) => Array.from({ length: 20 }, (_, i) => rsvpAt(seed, i).event.event_name).join();
    expect(names(1)).not.toBe(names(2));
  });

  it('never gives two RSVPs the same rsvp_id', () => {
    const ids = new Set(Array.from({ length: 5000 }, (_, i) => rsvpAt(7, i).rsvp_id));
    expect(ids.size).toBe(5000);
  });

  it('describes one event the same way in every RSVP for it', () => {
    const seen = new Map<string, string>();
    let repeats = 0;
    for (let i = 0; i < 2000; i++) {
      const { event, group } = rsvpAt(3, i);
      const text = JSON.stringify({ event, group });
      const before = seen.get(event.event_id);
      if (before !== undefined) {
        repeats += 1;
        expect(text).toBe(before);
      }
      seen.set(event.event_id, text);
    }
    expect(repeats).toBeGreaterThan(100);
  });

  it('opens events with growing ids, so that a descending view changes as the stream goes on', () => {
    const top = (from: number) =>
      Math.max(...Array.from({ length: 40 }, (_, i) => Number(rsvpAt(3, from + i).event.event_id)));
    expect(top(40)).toBeGreaterThan(top(0));
  });
});

describe('gapBefore', () => {
  it('is positive, finite and never longer than six mean gaps', () => {
    fc.assert(
      fc.property(place, fc.double({ min: 0.1, max: 1000, noNaN: true }), ({ seed, index }, rate) => {
        const gap = gapBefore(seed, index, rate);
        expect(gap).toBeGreaterThanOrEqual(0);
        expect(gap).toBeLessThanOrEqual(6000 / rate + 1e-9);
      }),
    );
  });

  it('averages to the rate, with the spread of a Poisson process', () => {
    const gaps = Array.from({ length: 20_000 }, (_, i) => gapBefore(1, i, 4));
    const mean = gaps.reduce((a, b) => a + b) / gaps.length;
    const deviation = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length);
    expect(mean).toBeGreaterThan(240);
    expect(mean).toBeLessThan(260);
    expect(deviation / mean).toBeGreaterThan(0.9);
  });
});
