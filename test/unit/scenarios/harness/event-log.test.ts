import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { EventLog, type RunEvent } from '../../../../scenarios/harness/event-log.ts';

let dir = '';
let log: EventLog;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lab-events-'));
  log = new EventLog(join(dir, 'events.ndjson'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const written = () => {
  const lines = readFileSync(join(dir, 'events.ndjson'), 'utf8').split('\n');
  // Every line is complete, so the file can be followed while it grows.
  expect(lines.pop()).toBe('');
  return lines.map((line) => JSON.parse(line) as RunEvent);
};

it('has in its file what it has in memory, one JSON value a line, as it happens', () => {
  log.add('note', { text: 'two\nlines and "quotes"' });
  expect(written()).toEqual(log.events);
  log.add('unit-target', { unit: 'web@1.service', from: null, to: 'core-02' });
  log.add('t0');
  expect(written()).toEqual(log.events);
  expect(log.events.map(({ type }) => type)).toEqual(['note', 'unit-target', 't0']);
});

it("stamps events with the run's own clock, which never goes back, and with wall time", () => {
  const from = Date.now();
  const events = Array.from({ length: 50 }, () => log.add('tick'));
  for (const [index, { atMs, wallMs }] of events.entries()) {
    expect(atMs).toBeGreaterThanOrEqual(events[index - 1]?.atMs ?? 0);
    expect(wallMs).toBeGreaterThanOrEqual(from);
  }
  expect(log.nowMs()).toBeGreaterThanOrEqual(Math.floor(events.at(-1)?.atMs ?? 0) - 1);
});

it('hands each event to every subscriber, from then on, in order', () => {
  const [early, late]: RunEvent[][] = [[], []];
  log.subscribe((event) => early?.push(event));
  log.add('one');
  log.subscribe((event) => late?.push(event));
  log.add('two');
  expect(early?.map(({ type }) => type)).toEqual(['one', 'two']);
  expect(late?.map(({ type }) => type)).toEqual(['two']);
});
