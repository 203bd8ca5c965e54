import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { EventLog } from '../../../../scenarios/harness/event-log.ts';
import { type Fault, Faults } from '../../../../scenarios/harness/fault.ts';

let dir = '';
let log: EventLog;
let faults: Faults;
let done: string[] = [];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lab-faults-'));
  log = new EventLog(join(dir, 'events.ndjson'));
  faults = new Faults(log);
  done = [];
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const fault = (name: string, inject: () => Promise<void> = async () => void done.push(`inject ${name}`)): Fault => ({
  name,
  inject,
  undo: async () => void done.push(`undo ${name}`),
});

it('are undone in reverse order', async () => {
  for (const name of ['a', 'b', 'c']) await faults.inject(fault(name));
  await faults.undoAll();
  expect(done).toEqual(['inject a', 'inject b', 'inject c', 'undo c', 'undo b', 'undo a']);
});

it('are undone once, however often that is asked', async () => {
  await faults.inject(fault('a'));
  await Promise.all([faults.undoAll(), faults.undoAll()]);
  await faults.undoAll();
  expect(done).toEqual(['inject a', 'undo a']);
  await faults.inject(fault('b'));
  await faults.undoAll();
  expect(done.slice(2)).toEqual(['inject b', 'undo b']);
});

it('are undone when their injection failed half way', async () => {
  await faults.inject(fault('a'));
  const failing = fault('b', async () => {
    done.push('half of b');
    throw new Error('the machine does not halt');
  });
  await expect(faults.inject(failing)).rejects.toThrow('the machine does not halt');
  await faults.undoAll();
  expect(done).toEqual(['inject a', 'half of b', 'undo b', 'undo a']);
});

it('are in the event log with their beginnings and ends', async () => {
  await faults.inject(fault('cut core-01'));
  await expect(faults.inject(fault('bad', () => Promise.reject(new Error('no'))))).rejects.toThrow('no');
  await faults.undoAll();
  expect(log.events.map(({ type, data }) => [type, data['fault']])).toEqual([
    ['fault', 'cut core-01'],
    ['fault-done', 'cut core-01'],
    ['fault', 'bad'],
    ['fault-undo', 'bad'],
    ['fault-undone', 'bad'],
    ['fault-undo', 'cut core-01'],
    ['fault-undone', 'cut core-01'],
  ]);
});

it('none: nothing to undo', async () => {
  await faults.undoAll();
  expect(log.events).toEqual([]);
});
