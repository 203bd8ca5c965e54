import { expect, test } from 'vitest';
import { inTurn } from '#platform/etcd/v2/in-turn.ts';

test('one name runs in the order of the calls, others beside it, and a failure holds up nobody', async () => {
  const turns = inTurn();
  const seen: string[] = [];
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  const first = turns('a', async () => {
    await held;
    seen.push('first');
    throw new Error('first');
  });
  const second = turns('a', async () => seen.push('second'));
  await turns('b', async () => seen.push('other'));
  expect(seen).toEqual(['other']);
  release();
  await expect(first).rejects.toThrow('first');
  await second;
  expect(seen).toEqual(['other', 'first', 'second']);
  expect(await turns('a', async () => 'again')).toBe('again');
});
