import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shrinkList } from '#simulation/shrink/shrink-list.ts';

test('what is left still fails, in its order, and nothing more can be left out of it', async () => {
  const lists = fc.uniqueArray(fc.nat(1000), { minLength: 1, maxLength: 40 });
  const withCulprits = lists.chain((list) => fc.tuple(fc.constant(list), fc.subarray(list, { minLength: 1 })));
  await fc.assert(
    fc.asyncProperty(withCulprits, async ([list, culprits]) => {
      const fails = async (part: readonly number[]): Promise<boolean> => culprits.every((one) => part.includes(one));
      expect(await shrinkList(list, fails)).toEqual(culprits);
    }),
  );
});

test('of things that fail in different ways, too', async () => {
  // Any two neighbours of the original.
  const list = Array.from({ length: 32 }, (_, index) => index);
  const fails = async (part: readonly number[]): Promise<boolean> => part.some((one) => part.includes(one + 1));
  const left = await shrinkList(list, fails);
  expect(left).toHaveLength(2);
  expect(await fails(left)).toBe(true);
});

test('nothing is left out when nothing fails', async () => {
  expect(await shrinkList([1, 2, 3], async () => false)).toEqual([1, 2, 3]);
});
