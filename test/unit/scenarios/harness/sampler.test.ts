import { once } from 'node:events';
import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import { startSampler } from '../../../../scenarios/harness/sampler.ts';

const noError = (error: unknown) => {
  throw error;
};

it('measures again and again until it is stopped, and never after', async () => {
  const ticks = new EventEmitter();
  let count = 0;
  const sampler = startSampler(
    1,
    async () => {
      count += 1;
      if (count === 5) ticks.emit('five');
    },
    noError,
  );
  await once(ticks, 'five');
  await sampler.stop();
  const atStop = count;
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(count).toBe(atStop);
});

it('never measures twice at once: the next waits for the one before', async () => {
  const ticks = new EventEmitter();
  let [running, most, count] = [0, 0, 0];
  const sampler = startSampler(
    0,
    async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 2));
      running -= 1;
      count += 1;
      if (count === 4) ticks.emit('four');
    },
    noError,
  );
  await once(ticks, 'four');
  await sampler.stop();
  expect(most).toBe(1);
  expect(running).toBe(0);
});

it('reports each measurement that fails and goes on', async () => {
  const ticks = new EventEmitter();
  const errors: unknown[] = [];
  let count = 0;
  const sampler = startSampler(
    1,
    async () => {
      count += 1;
      if (count === 3) ticks.emit('three');
      else throw new Error(`no answer ${count}`);
    },
    (error) => errors.push((error as Error).message),
  );
  await once(ticks, 'three');
  await sampler.stop();
  expect(errors.slice(0, 2)).toEqual(['no answer 1', 'no answer 2']);
});

it('stop waits for the measurement that is under way', async () => {
  const gate = new EventEmitter();
  let ended = false;
  const sampler = startSampler(
    1,
    async () => {
      await once(gate, 'open');
      ended = true;
    },
    noError,
  );
  const stopped = sampler.stop();
  gate.emit('open');
  await stopped;
  expect(ended).toBe(true);
});
