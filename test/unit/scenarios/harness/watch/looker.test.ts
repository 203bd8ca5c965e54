import { EventEmitter, once } from 'node:events';
import { expect, it } from 'vitest';
import { startLooking } from '#scenarios/harness/watch/looker.ts';

const never = (): void => {
  throw new Error('not expected');
};

it('looks at once when woken, and never after it was stopped', async () => {
  const looks = new EventEmitter();
  let count = 0;
  const looker = startLooking({
    takeLook: async () => {
      count += 1;
      looks.emit(`look ${count}`);
    },
    atLeastEveryMs: 3_600_000,
    onFailure: never,
    onRecovery: never,
  });
  await looker.first;
  expect(count).toBe(1);
  const second = once(looks, 'look 2');
  looker.wake();
  await second;
  await looker.stop();
  const atStop = count;
  looker.wake();
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(count).toBe(atStop);
});

it('a change during a look causes another look', async () => {
  const looks = new EventEmitter();
  let [count, release] = [0, (): void => undefined];
  const looker = startLooking({
    takeLook: async () => {
      count += 1;
      looks.emit(`look ${count}`);
      if (count === 2) await new Promise<void>((resolve) => (release = resolve));
    },
    atLeastEveryMs: 3_600_000,
    onFailure: never,
    onRecovery: never,
  });
  await looker.first;
  const [second, third] = [once(looks, 'look 2'), once(looks, 'look 3')];
  looker.wake();
  await second;
  looker.wake();
  release();
  await third;
  await looker.stop();
});

it('tells the first failure and the recovery, once each', async () => {
  const told: string[] = [];
  const looks = new EventEmitter();
  let count = 0;
  const looker = startLooking({
    takeLook: async () => {
      count += 1;
      looks.emit(`look ${count}`);
      if (count === 2 || count === 3) throw new Error(`broken ${count}`);
    },
    atLeastEveryMs: 1,
    onFailure: (error) => told.push((error as Error).message),
    onRecovery: () => told.push('well'),
  });
  await once(looks, 'look 5');
  await looker.stop();
  expect(told).toEqual(['broken 2', 'well']);
});
