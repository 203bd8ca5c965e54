import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { EventLog } from '#scenarios/harness/record/event-log.ts';
import type { RunEvent } from '#scenarios/harness/record/run-event.ts';

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
  log.add({ type: 'note', data: { text: 'two\nlines and "quotes"' } });
  expect(written()).toEqual(log.events);
  log.add({ type: 'unit-target', data: { unit: 'web@1.service', from: null, to: 'core-02', reason: null } });
  log.add({ type: 'watch-ended', data: {} });
  expect(written()).toEqual(log.events);
  expect(log.events.map(({ type }) => type)).toEqual(['note', 'unit-target', 'watch-ended']);
});

it("stamps events with the run's own clock, which never goes back, and with wall time", () => {
  const from = Date.now();
  const events = Array.from({ length: 50 }, () => log.add({ type: 'watch-answered', data: {} }));
  for (const [index, { atMs, wallMs }] of events.entries()) {
    expect(atMs).toBeGreaterThanOrEqual(events[index - 1]?.atMs ?? 0);
    expect(wallMs).toBeGreaterThanOrEqual(from);
  }
  expect(log.nowMs()).toBeGreaterThanOrEqual(Math.floor(events.at(-1)?.atMs ?? 0) - 1);
});

it('hands each event to every subscriber, from then on, in order', () => {
  const [early, late]: RunEvent[][] = [[], []];
  log.subscribe((event) => early?.push(event));
  log.add({ type: 'phase', data: { name: 'one' } });
  log.subscribe((event) => late?.push(event));
  log.add({ type: 'note', data: { text: 'two' } });
  expect(early?.map(({ type }) => type)).toEqual(['phase', 'note']);
  expect(late?.map(({ type }) => type)).toEqual(['note']);
});

it('does not record what could not be read again, which only a scenario without checked types can say', () => {
  const round: Record<string, unknown> = {};
  round['round'] = round;
  const wrong: readonly [type: string, data: unknown][] = [
    ['note', { text: 17 }],
    ['phase', {}],
    ['mark', { name: 'gone', atMs: Number.NaN, detail: '' }],
    ['measure', { name: 'away', fromMs: 0, toMs: Infinity, ms: Infinity }],
    ['own', { name: 'told', values: { at: undefined } }],
    ['own', { name: 'told', values: { count: 3n } }],
    ['own', { name: 'told', values: round }],
    ['no-such-type', {}],
  ];
  for (const [type, data] of wrong) {
    const add = () => log.add({ type, data } as Parameters<typeof log.add>[0]);
    expect(add, JSON.stringify([type])).toThrow(expect.objectContaining({ code: 'input.event' }) as Error);
  }
  expect([log.events, existsSync(join(dir, 'events.ndjson'))]).toEqual([[], false]);
});

it('writes only what the types of its event allow', () => {
  // @ts-expect-error no such type
  expect(() => log.add({ type: 'tick', data: {} })).toThrow();
  // @ts-expect-error data of another type
  expect(() => log.add({ type: 'note', data: { name: 'core-01' } })).toThrow();
  // @ts-expect-error a fault without its action
  expect(() => log.add({ type: 'fault', data: { id: '1', machine: 'core-01', kind: 'cut', name: '' } })).toThrow();
  const machine = 'core-01';
  // @ts-expect-error a field that this type has not
  expect(log.add({ type: 'machine-gone', data: { machine, unit: 'web@1.service' } }).type).toBe('machine-gone');
});
