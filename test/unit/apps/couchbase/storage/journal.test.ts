import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LabError } from '#errors/lab-error.ts';
import { Journal } from '#apps/couchbase/src/storage/journal.ts';
import { smallRecordBytes, writeJson } from '#apps/couchbase/src/storage/records.ts';
import { dataDirectory } from '../support/data-directory.ts';

interface Opened {
  readonly journal: Journal;
  readonly read: unknown[];
  readonly notes: string[];
}

function open(directory: string, bootId = 'this boot'): Opened {
  const read: unknown[] = [];
  const notes: string[] = [];
  const nothing = () => undefined;
  const journal = Journal.open(
    directory,
    { document: nothing, cas: nothing, json: (value) => read.push(value) },
    {
      bootId,
      note: (text) => notes.push(text),
      onBroken: (error) => {
        throw error;
      },
    },
  );
  return { journal, read, notes };
}

/** Records each value in a write of its own. */
function record({ journal }: Opened, ...values: unknown[]): void {
  for (const value of values) {
    journal.recordJson(value);
    journal.commit();
  }
}

const logs = (directory: string) => readdirSync(directory).toSorted();

function reasonOf(action: () => unknown): LabError {
  try {
    action();
  } catch (error) {
    if (error instanceof LabError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

test('what was committed is there when the next one opens it, closed or not', () => {
  const directory = dataDirectory();
  record(open(directory), 1, { two: 2 });
  const second = open(directory);
  expect(second.read).toEqual([1, { two: 2 }]);
  record(second, 3);
  second.journal.close();
  const third = open(directory);
  expect([third.read, third.notes]).toEqual([[1, { two: 2 }, 3], []]);
});

test('what was not committed is not', () => {
  const directory = dataDirectory();
  const first = open(directory);
  record(first, 1);
  first.journal.recordJson(2);
  expect(open(directory).read).toEqual([1]);
});

test('restarts without a write leave no files behind', () => {
  const directory = dataDirectory();
  record(open(directory), 1);
  for (let restart = 0; restart < 5; restart++) open(directory).journal.close();
  expect(logs(directory)).toEqual(['00000001.log', '00000002.log']);
});

test('the end of a write that was not finished is cut and told, once', () => {
  const directory = dataDirectory();
  const first = open(directory);
  record(first, 1);
  const kept = first.journal.bytes;
  record(first, 'x'.repeat(100));
  const path = join(directory, '00000001.log');
  truncateSync(path, first.journal.bytes - 10);
  const second = open(directory);
  expect(second.read).toEqual([1]);
  expect(second.notes).toEqual([expect.stringContaining(`${path}: `)]);
  expect(second.notes[0]).toContain(`bytes at offset ${kept} were cut off`);
  record(second, 3);
  const third = open(directory);
  expect([third.read, third.notes]).toEqual([[1, 3], []]);
});

test('damage before other records is an error that names file and offset, and changes nothing', () => {
  const directory = dataDirectory();
  const first = open(directory);
  record(first, 1);
  const at = first.journal.bytes;
  record(first, 2, 3);
  const path = join(directory, '00000001.log');
  const bytes = readFileSync(path);
  bytes[at + 34] = (bytes[at + 34] ?? 0) ^ 1;
  writeFileSync(path, bytes);
  const error = reasonOf(() => open(directory));
  expect([error.code, error.exitCode]).toEqual(['input.data-log', 67]);
  expect(error.message).toContain(`${path} is damaged at offset ${at}`);
  expect(error.next).toContain(`head -c ${at} ${path}`);
  expect(readFileSync(path).equals(bytes)).toBe(true);
  // What the error says to do works.
  writeFileSync(path, bytes.subarray(0, at));
  expect(open(directory).read).toEqual([1]);
});

test('a log that is missing, or shorter than the next one says, is an error', () => {
  const directory = dataDirectory();
  for (const value of [1, 2, 3]) {
    const opened = open(directory);
    record(opened, value);
    opened.journal.close();
  }
  const second = join(directory, '00000002.log');
  const bytes = readFileSync(second);
  truncateSync(second, bytes.length - 1);
  expect(reasonOf(() => open(directory)).message).toContain(`${second} is damaged at offset`);
  writeFileSync(second, bytes.subarray(0, 0));
  expect(reasonOf(() => open(directory)).code).toBe('input.data-log');
});

test('what was on the disk is missed, also after the host was down, and at the edge of a frame', async () => {
  const directory = dataDirectory();
  const first = open(directory);
  record(first, 1);
  const at = first.journal.bytes;
  record(first, 2);
  await first.journal.persisted();
  const until = first.journal.bytes;
  record(first, 3);
  const path = join(directory, '00000001.log');
  const bytes = readFileSync(path);
  // The last frame knows that the second was on the disk.
  writeFileSync(path, Buffer.from(bytes).fill(0, at, until));
  expect(reasonOf(() => open(directory, 'another boot')).message).toContain(`${path} is damaged at offset ${at}`);
  // Frames that are whole, and fewer than the next log was begun behind.
  writeFileSync(path, bytes);
  const second = open(directory);
  record(second, 4);
  writeFileSync(path, bytes.subarray(0, until));
  expect(reasonOf(() => open(directory)).code).toBe('input.data-log');
});

test('after the host was down, a hole in what was not on the disk is cut, and told to whoever holds numbers', () => {
  const directory = dataDirectory();
  const first = open(directory, 'before');
  record(first, 1);
  const at = first.journal.bytes;
  record(first, 2);
  const until = first.journal.bytes;
  record(first, 3);
  const path = join(directory, '00000001.log');
  const bytes = readFileSync(path).fill(0, at, until);
  writeFileSync(path, bytes);
  expect(reasonOf(() => open(directory, 'before')).code).toBe('input.data-log');
  const second = open(directory, 'after');
  expect([second.read, second.journal.wasCut, second.notes.length]).toEqual([[1], true, 1]);
});

test('an fsync is shared by those who wait, and nobody waits for what is on the disk already', async () => {
  const directory = dataDirectory();
  const opened = open(directory);
  let syncs = 0;
  opened.journal.observer = { syncing: () => (syncs += 1), synced: () => undefined };
  const waiting = Array.from({ length: 50 }, (_, value) => {
    opened.journal.recordJson(value);
    return opened.journal.persisted();
  });
  await Promise.all(waiting);
  expect(syncs).toBe(1);
  await opened.journal.persisted();
  expect(syncs).toBe(1);
  opened.journal.close();
});

test('written anew: one snapshot and the log since, and what comes meanwhile is kept', async () => {
  const directory = dataDirectory();
  const opened = open(directory);
  for (let value = 0; value < 100; value++) record(opened, { value });
  const before = opened.journal.bytes;
  const done = opened.journal.compact(async (into) => {
    const json = Buffer.from(JSON.stringify('all before'));
    writeJson(into.record(json.length + smallRecordBytes), json);
    await into.turn();
    record(opened, 'meanwhile');
  });
  expect(await opened.journal.compact(() => Promise.resolve())).toBe(false);
  expect(await done).toBe(true);
  record(opened, 'after');
  expect(logs(directory)).toEqual(['00000002.log', '00000002.snapshot']);
  expect(opened.journal.bytes).toBeLessThan(before);
  expect(open(directory).read).toEqual(['all before', 'meanwhile', 'after']);
});

test('a snapshot that was not finished is none; one that is damaged is an error', async () => {
  const directory = dataDirectory();
  const opened = open(directory);
  record(opened, 1);
  const never = opened.journal.compact(() => Promise.reject(new Error('the process ends here')));
  await expect(never).rejects.toThrow('written anew');
  writeFileSync(join(directory, '00000002.snapshot.draft'), 'half of one');
  const again = open(directory);
  expect(again.read).toEqual([1]);
  expect(logs(directory).filter((name) => name.endsWith('.draft'))).toEqual([]);
  expect(await again.journal.compact(() => Promise.resolve())).toBe(true);
  const [path = ''] = logs(directory).filter((name) => name.endsWith('.snapshot'));
  const file = join(directory, path);
  truncateSync(file, readFileSync(file).length - 1);
  expect(reasonOf(() => open(directory)).message).toContain(file);
});
