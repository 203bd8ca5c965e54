import { expect, test } from 'vitest';
import { bareWorld } from '../in-world.ts';

test('timers of a process run in simulated time, by its clock, and what is awaited runs before anything else', async () => {
  const world = bareWorld();
  const said: string[] = [];
  const note = (what: string): void => void said.push(`${Math.round(world.agenda.now())} ${what}`);
  world.start('a', () => {
    const wake = async (): Promise<void> => {
      note('woke');
      await Promise.resolve();
      await Promise.resolve();
      note('went on');
    };
    setTimeout(() => void wake(), 1000);
    setTimeout(() => note('same moment, later'), 1000);
    let left = 3;
    const beat = setInterval(() => {
      note(`beat at ${Math.round(performance.now())}`);
      if (--left === 0) clearInterval(beat);
    }, 400);
    const never = setTimeout(() => note('never'), 500);
    clearTimeout(never);
    setImmediate(() => note('soon'));
  });
  const real = performance.now();
  await world.run();
  expect(performance.now() - real).toBeLessThan(60_000);
  expect(said).toEqual([
    '0 soon',
    '400 beat at 400',
    '800 beat at 800',
    '1000 woke',
    '1000 went on',
    '1000 same moment, later',
    '1200 beat at 1200',
  ]);
});

test('a clock that is too fast wakes too early, and tells the time that it takes it for', async () => {
  const world = bareWorld();
  world.clock.setRate(1.25);
  let woke = [0, 0];
  world.start('a', () => void setTimeout(() => (woke = [world.agenda.now(), performance.now()]), 1000));
  await world.run();
  expect(woke).toEqual([800, 1000]);
});

test('killed, it does nothing more, whatever it waited for; paused, it does it later', async () => {
  const world = bareWorld();
  const said: string[] = [];
  const waits = (name: string) =>
    world.start(name, () => {
      setTimeout(() => {
        said.push(`${name} ${world.agenda.now()}`);
        void Promise.resolve().then(() => said.push(`${name} went on`));
      }, 100);
    });
  const [dead, late] = [waits('dead'), waits('late')];
  world.agenda.at(50, () => {
    dead.kill();
    late.pause();
  });
  world.agenda.at(300, () => late.resume());
  await world.run();
  expect(said).toEqual(['late 300', 'late went on']);
});

test('an exception, and a rejection that nobody handles, are those of the process whose code it was', async () => {
  const world = bareWorld();
  const fail = (): never => {
    throw new Error('one');
  };
  world.start('throws', () => void setTimeout(fail, 10));
  world.start('rejects', () => void setTimeout(() => void Promise.reject(new Error('two')), 20));
  world.start('lives', () => void setTimeout(() => undefined, 30));
  await world.run();
  expect(world.failures.map(({ process, error }) => `${process}: ${(error as Error).message}`)).toEqual([
    'throws: one',
    'rejects: two',
  ]);
});

test('afterwards the real timers are back, and were so for whoever else runs in the real process', async () => {
  const { setTimeout: real } = globalThis;
  const world = bareWorld();
  world.start('busy', () => {
    let left = 5000;
    const beat = setInterval(() => --left === 0 && clearInterval(beat), 1);
  });
  let others = 0;
  const other = real(function again() {
    others += setTimeout === real ? 1 : -1000;
  }, 0);
  await world.run();
  clearTimeout(other);
  expect(setTimeout).toBe(real);
  expect(others).toBeGreaterThanOrEqual(0);
  expect(Object.hasOwn(performance, 'now')).toBe(false);
});

test('a timer outside of any process is a mistake of the simulation', async () => {
  const world = bareWorld();
  world.agenda.at(1, () => void setTimeout(() => undefined, 1));
  await expect(world.run()).rejects.toThrow('outside of any simulated process');
});

test('two simulations cannot run at the same time', async () => {
  const [one, two] = [bareWorld(), bareWorld()];
  one.start('a', () => void setTimeout(() => undefined, 1));
  const first = one.run();
  await expect(two.run()).rejects.toThrow('at the same time');
  await first;
});
