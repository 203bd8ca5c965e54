import { expect, it } from 'vitest';
import type { Sample } from '#scenarios/harness/record/sample.ts';
import { visitorSaw } from '#scenarios/layers/visitor.ts';
import { runBeganMs } from '../recorded.ts';

const page = (atMs: number, machine: string, session: string | undefined): Sample => ({
  probe: 'page',
  wallMs: runBeganMs + atMs,
  ms: 5,
  ok: session !== undefined,
  machine,
  ...(session === undefined ? { error: 'ECONNREFUSED' } : { session }),
});

const samples = [
  page(900, 'core-01', undefined),
  page(1_000, 'core-01', 'a'),
  page(1_000, 'core-02', 'b'),
  page(1_100, 'core-01', undefined),
  page(1_400, 'core-01', undefined),
  page(1_500, 'core-01', 'c'),
  page(1_500, 'core-02', 'b'),
  { ...page(1_450, 'core-01', undefined), probe: 'memcached' as const },
];

it('counts pages and lost sessions within the window, each machine having a visitor of its own', () => {
  expect(visitorSaw(samples, 1_000, 2_000, runBeganMs)).toEqual({
    asked: 6,
    failed: 2,
    lastFailedMs: 1_405,
    longestOutageMs: 500,
    lostSessions: 1,
  });
});

it('knows nothing when nobody asked', () => {
  expect(visitorSaw([], 1_000, 2_000, runBeganMs)).toEqual({
    asked: 0,
    failed: 0,
    lastFailedMs: undefined,
    longestOutageMs: 1_000,
    lostSessions: 0,
  });
});
