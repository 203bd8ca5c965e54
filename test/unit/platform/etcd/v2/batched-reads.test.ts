import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { batchedReads } from '#platform/etcd/v2/batched-reads.ts';
import type { RangeRead } from '#platform/etcd/v2/member-wire.ts';

const item = (key: string) => ({ key, value: `of ${key}`, version: 1, createRevision: 1, modRevision: 1, lease: '0' });
const answered = (ranges: readonly RangeRead[]) => ({ answers: ranges.map(({ key }) => [item(key)]), revision: 7 });
const named = (...keys: string[]): RangeRead[] => keys.map((key) => ({ key, limit: 1 }));

test('what comes in one turn is asked as one, and each has its own', async () => {
  const asked: string[][] = [];
  const read = batchedReads(async (ranges) => {
    asked.push(ranges.map(({ key }) => key));
    return answered(ranges);
  });
  const pictures = await Promise.all([read(named('a')), read(named('b', 'c')), read(named('d'))]);
  expect(asked).toEqual([['a', 'b', 'c', 'd']]);
  expect(pictures.map(({ answers }) => answers.flat().map(({ key }) => key))).toEqual([['a'], ['b', 'c'], ['d']]);
  await read(named('e'));
  expect(asked[1]).toEqual(['e']);
});

test('one that comes while another is under way is not told what that one saw', async () => {
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  let asked = 0;
  const read = batchedReads(async (ranges) => {
    const mine = ++asked;
    if (mine === 1) await held;
    return { ...answered(ranges), revision: mine };
  });
  const first = read(named('a'));
  await setImmediate();
  expect(asked).toBe(1);
  const second = read(named('a'));
  expect((await second).revision).toBe(2);
  release();
  expect((await first).revision).toBe(1);
});

test('etcd is never asked for more than it takes at once', async () => {
  const sizes: number[] = [];
  const read = batchedReads(async (ranges) => {
    sizes.push(ranges.length);
    return answered(ranges);
  });
  const keys = Array.from({ length: 50 }, (_, i) => `k${i}`);
  await Promise.all(Array.from({ length: 5 }, () => read(named(...keys))));
  expect(sizes).toEqual([100, 100, 50]);
});

test('a failure is told to all of a batch, and to none of the next', async () => {
  let fails = true;
  const read = batchedReads(async (ranges) => {
    if (fails) throw new Error('away');
    return answered(ranges);
  });
  const both = await Promise.allSettled([read(named('a')), read(named('b'))]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  fails = false;
  expect((await read(named('a'))).revision).toBe(7);
});
