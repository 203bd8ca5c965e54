import { expect, it } from 'vitest';
import { Blindness } from '#scenarios/harness/watch/blindness.ts';
import type { RunEvent, Without } from '#scenarios/harness/record/run-event.ts';
import { event, runBeganMs } from '../../recorded.ts';

/** A log at a moment that the test sets. */
function lookAt(of: 'units' | 'keys') {
  const log = { atMs: 0, events: [] as RunEvent[] };
  const add = (what: Without<'atMs' | 'wallMs'>): RunEvent => {
    const added = { atMs: log.atMs, wallMs: runBeganMs + log.atMs, ...what };
    log.events.push(added);
    return added;
  };
  return { log, blind: new Blindness(of, { add, nowMs: () => log.atMs }) };
}

it('looks that follow one another leave no gap', () => {
  const { log, blind } = lookAt('keys');
  for (const [asked, answered] of [
    [20, 40],
    [340, 900],
    [930, 1_300],
  ] as const) {
    log.atMs = answered;
    blind.seen(asked);
  }
  blind.end();
  expect(log.events).toEqual([]);
});

it('a stretch without an answer begins when the last good look was asked for, and ends with the next answer', () => {
  const { log, blind } = lookAt('keys');
  log.atMs = 110;
  blind.seen(100);
  log.atMs = 9_050;
  blind.seen(9_000);
  expect(log.events).toEqual([event(9_050, 'unseen', { of: 'keys', fromMs: 100, toMs: 9_050 })]);
});

it('the end of the run ends it too', () => {
  const { log, blind } = lookAt('units');
  log.atMs = 5_000;
  blind.end();
  expect(log.events.map(({ data }) => data)).toEqual([{ of: 'units', fromMs: 0, toMs: 5_000 }]);
});
