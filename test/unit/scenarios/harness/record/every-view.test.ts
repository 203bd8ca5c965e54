import { afterEach, expect, it, vi } from 'vitest';
import { renderRunEvents } from '#cli/render/run.ts';
import { eventsOf } from '#scenarios/harness/record/events-of.ts';
import { type EventType, type RunEvent, runEventSchema } from '#scenarios/harness/record/run-event.ts';
import { unhandled } from '#scenarios/harness/record/unhandled.ts';
import { eventWords } from '#scenarios/harness/report/html/event-words.ts';
import { event } from '#test/unit/scenarios/recorded.ts';
import { everyEvent } from './every-event.ts';

afterEach(() => vi.restoreAllMocks());

/** What a terminal's lines say of these events, without times and colours. */
function shown(events: readonly RunEvent[]): string[] {
  const lines: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line));
  const view = renderRunEvents();
  for (const one of events) view.show(one);
  view.stop();
  return lines.map((line) => line.replaceAll(/\u001b\[\d+m/g, '').replace(/^ *[\d.]+ s {2}/, ''));
}

it('every type there is has its place in each view, and none says what it does not know', () => {
  const types = runEventSchema.options.map(({ shape }) => shape.type.value);
  expect(new Set(everyEvent.map(({ type }) => type))).toEqual(new Set(types));
  const words = everyEvent.flatMap((one) => eventWords(one) ?? []);
  for (const text of [...words, ...shown(everyEvent)]) expect(text).not.toMatch(/undefined|\[object|\?/);
});

it('people read what happened', () => {
  const machine = 'core-02';
  const events = [
    event(1, 'own', { name: 'election', values: { term: 7 } }),
    event(2, 'own', { name: 'quiet', values: {} }),
    event(3, 'probe-failing', { probe: 'page', machine, error: 'ECONNREFUSED' }),
    event(4, 'probe-ok', { probe: 'page', machine, afterMs: 1_500 }),
    event(5, 'probe-failing', { probe: 'memcached', target: 'memcached/2', error: 'ECONNRESET' }),
    event(6, 'unit-target', { unit: 'web@1.service', from: machine, to: null, reason: 'conflicts' }),
    event(7, 'machine-present', { machine, initial: true }),
  ];
  expect(shown(events)).toEqual([
    'election: {"term":7}',
    'quiet',
    'probe page on core-02 fails: ECONNREFUSED',
    'probe page on core-02 answered again after 1.50 s',
    'probe memcached fails: ECONNRESET',
    'fleet: web@1.service has no machine (conflicts)',
  ]);
  expect(events.map(eventWords)).toEqual([
    'election: {"term":7}',
    'quiet',
    'probe page core-02 failing: ECONNREFUSED',
    'probe page core-02 answers again',
    'probe memcached memcached/2 failing: ECONNRESET',
    'web@1.service: core-02 → no machine (conflicts)',
    'fleet lists core-02',
  ]);
});

it('a switch that leaves a type out does not compile', () => {
  const side = (change: RunEvent & { type: 'key-set' | 'key-gone' }): string => {
    switch (change.type) {
      case 'key-set':
        return change.data.value;
      default:
        // @ts-expect-error key-gone is left
        return unhandled(change);
    }
  };
  expect(() => side({ atMs: 1, wallMs: 2, type: 'key-gone', data: { key: 'k', old: 'v' } })).toThrow('key-gone');
});

it('events of some types are those, in their order, with their own data', () => {
  const keys = eventsOf(everyEvent, 'key-set', 'key-gone');
  expect(keys.map(({ data }) => data.old)).toEqual([null, '10.1.1.2']);
  const none: readonly EventType[] = [];
  expect(eventsOf(everyEvent, ...none)).toEqual([]);
  // @ts-expect-error there is no such type
  expect(eventsOf(everyEvent, 'key-moved')).toEqual([]);
});
