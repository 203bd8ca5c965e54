import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EventLog } from '#scenarios/harness/record/event-log.ts';
import { readEvents } from '#scenarios/harness/record/read-events.ts';
import { readRecord } from '#scenarios/harness/report/read-run.ts';
import { everyEvent } from './every-event.ts';

let dir = '';
let file = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lab-read-events-'));
  file = join(dir, 'events.ndjson');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const line = (value: unknown) => `${JSON.stringify(value)}\n`;
const read = (text: string) => {
  writeFileSync(file, text);
  return readEvents(file);
};
const stamped = (type: string, data: unknown) => ({ atMs: 1, wallMs: 2, type, data });

describe('a good log', () => {
  it('of every type and every kind of fault gives back what was written', async () => {
    const log = new EventLog(file);
    for (const { type, data } of everyEvent) log.add({ type, data } as Parameters<EventLog['add']>[0]);
    const { events, unknown } = await readEvents(file);
    expect(events).toEqual(log.events);
    expect(unknown.size).toBe(0);
  });

  it('may have fields that this version does not know', async () => {
    const newer = { ...stamped('machine-gone', { machine: 'core-01', why: 'lease' }), seq: 9 };
    expect((await read(line(newer))).events).toEqual([stamped('machine-gone', { machine: 'core-01' })]);
  });

  it('that is empty or not there has no events', async () => {
    expect((await readEvents(file)).events).toEqual([]);
    expect((await read('')).events).toEqual([]);
    expect((await read('\n\n')).events).toEqual([]);
    expect(await readRecord(dir)).toMatchObject({ events: [], samples: [] });
  });
});

describe('an older log', () => {
  it('says its faults in words: they are read as faults', async () => {
    const types = ['fault', 'fault-done', 'fault-undo', 'fault-undone'];
    const { events } = await read(types.map((type) => line(stamped(type, { fault: 'cut core-03' }))).join(''));
    const data = { id: 'cut core-03', name: 'cut core-03', kind: 'cut', machine: 'core-03', action: { kind: 'cut' } };
    expect(events).toEqual(types.map((type) => stamped(type, data)));
  });

  it('or as records without an action', async () => {
    const data = { id: '1-pause-core-02', kind: 'pause', machine: 'core-02', name: 'pause core-02' };
    const { events } = await read(line(stamped('fault', data)));
    expect(events).toEqual([stamped('fault', { ...data, action: { kind: 'pause' } })]);
  });

  it('has fewer fields in its first and last events', async () => {
    const old = [stamped('run', { scenario: 'failover', parameters: {} }), stamped('verdict', { verdict: 'pass' })];
    expect((await read(old.map(line).join(''))).events).toEqual(old);
  });
});

describe('types that this version does not know', () => {
  it('are left out and counted, however they look', async () => {
    const strange = ['t0', 't0', 'snow', '__proto__', 'constructor', 'toString'].map((type) => stamped(type, null));
    const { events, unknown } = await read([...strange, stamped('note', { text: 'seen' })].map(line).join(''));
    expect(events.map(({ type }) => type)).toEqual(['note']);
    expect(Object.fromEntries([...unknown].filter(([type]) => type !== '__proto__'))).toEqual({
      t0: 2,
      snow: 1,
      constructor: 1,
      toString: 1,
    });
    expect(unknown.get('__proto__')).toBe(1);
  });
});

describe('a torn log', () => {
  it('ends with a line that was cut short at any byte: only that one is missing', async () => {
    const [whole, last] = [line(everyEvent[0]), line(everyEvent[19])];
    const counts = Array.from({ length: last.length }, async (_, length) => {
      const torn = join(dir, `${length}.ndjson`);
      await writeFile(torn, whole + last.slice(0, length));
      return (await readEvents(torn)).events.length;
    });
    // Of the longest only the newline is missing.
    expect(await Promise.all(counts)).toEqual([...Array<number>(last.length - 1).fill(1), 2]);
  });

  it('ends within a letter of two bytes', async () => {
    const last = Buffer.from(line(stamped('note', { text: 'é' })));
    writeFileSync(file, Buffer.concat([Buffer.from(line(everyEvent[0])), last.subarray(0, last.indexOf(0xc3) + 1)]));
    expect((await readEvents(file)).events).toHaveLength(1);
  });

  it('is broken when the torn line is not the last', async () => {
    const [whole, torn] = [line(everyEvent[0]), line(everyEvent[1]).slice(0, 30)];
    await expect(read(`${whole}${torn}\n${whole}`)).rejects.toMatchObject({
      code: 'input.record',
      message: expect.stringContaining(`${file}:2 is not JSON`) as string,
    });
    await expect(read(`${whole}${torn}${whole}`)).rejects.toMatchObject({ code: 'input.record' });
  });
});

describe('a line that is no event', () => {
  it.each<[what: string, text: string, said: RegExp]>([
    ['a number', '17', /:2 is not an event$/],
    ['null', 'null', /:2 is not an event$/],
    ['a list', '[{"type":"note"}]', /:2 is not an event$/],
    ['nothing but a type', '{"type":"note"}', /:2 is not an event$/],
    ['without a type', '{"atMs":1,"wallMs":2,"data":{}}', /:2 is not an event$/],
    ['with a type that is a number', '{"atMs":1,"wallMs":2,"type":3,"data":{}}', /:2 is not an event$/],
    [
      'with a time in words',
      '{"atMs":"1","wallMs":2,"type":"watch-ended","data":{}}',
      /:2 is not an event watch-ended/,
    ],
    ['with a time beyond numbers', '{"atMs":1e999,"wallMs":2,"type":"watch-ended","data":{}}', /:2 is not an event/],
    ['without data', '{"atMs":1,"wallMs":2,"type":"watch-ended"}', /:2 is not an event$/],
    ['with data of another type', line(stamped('key-set', { machine: 'core-01' })), /:2 is not an event key-set/],
    ['with a missing field', line(stamped('unit-state', { unit: 'a', machine: 'b' })), /unit-state/],
    [
      'with text for a number',
      line(stamped('page-message', { machine: 'a', rows: '3', firstKey: null })),
      /page-message/,
    ],
    ['a fault of no kind', line(stamped('fault', { id: '1', machine: 'a', name: 'n', kind: 'melt' })), /fault/],
    [
      'a fault without its numbers',
      line(stamped('fault', { id: '1', machine: 'a', name: 'n', kind: 'slow-cpu', action: { kind: 'slow-cpu' } })),
      /fault/,
    ],
    ['a probe of no kind', line(stamped('probe-ok', { probe: 'lamp', afterMs: 1 })), /probe-ok/],
    ['two values', '{"type":"note"} {"type":"note"}', /:2 is not JSON/],
    ['control characters', '\u0000\u0000\u0000\u0000', /:2 is not JSON/],
    ['a byte order mark', `\ufeff${line(stamped('watch-ended', {}))}`, /:2 is not JSON/],
    ['a nest without an end', '['.repeat(100_000), /:2 is not JSON/],
    [
      'values in a deep nest',
      `{"atMs":1,"wallMs":2,"type":"own","data":{"name":"n","values":{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}}}`,
      /:2 is not an event own/,
    ],
    ['a nest', '['.repeat(5_000) + ']'.repeat(5_000), /:2 is not an event$/],
  ])('%s: named by file and line', async (_what, text, said) => {
    const good = line(stamped('watch-answered', {}));
    const failure = await read(`${good}${text.trimEnd()}\n${good}`).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'input.record', message: expect.stringMatching(said) as string });
    expect((failure as Error).message).toContain(file);
  });

  it('says which field is wrong', async () => {
    await expect(read(line(stamped('unit-state', { unit: 'a', machine: 3 })))).rejects.toMatchObject({
      evidence: [expect.stringContaining('data.machine') as string, expect.stringContaining('data.state') as string],
    });
  });

  it('a file that cannot be read is said to be so', async () => {
    await expect(readEvents(dir)).rejects.toMatchObject({
      code: 'input.record',
      next: expect.stringContaining('lab runs') as string,
    });
  });
});
