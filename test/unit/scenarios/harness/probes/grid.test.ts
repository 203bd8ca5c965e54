import { expect, it } from 'vitest';
import { startGrid } from '#scenarios/harness/probes/grid.ts';
import { FakeClock } from './fake-clock.ts';

function run(work: (slot: number, clock: FakeClock) => void = () => undefined) {
  const clock = new FakeClock();
  const ticks: { slot: number; missed: number; at: number }[] = [];
  const tick = (slot: number, missed: number) => {
    ticks.push({ slot, missed, at: clock.now() });
    work(slot, clock);
  };
  return { clock, ticks, grid: startGrid({ periodMs: 50, clock, tick }) };
}

it('ticks on the grid however long each tick takes: no drift', () => {
  const { clock, ticks } = run((_slot, now) => now.spend(17));
  clock.turn(1_000);
  expect(ticks.map(({ at }) => at)).toEqual(Array.from({ length: 21 }, (_, slot) => slot * 50));
});

it('skips the slots it missed instead of catching up in a burst, and says how many', () => {
  const { clock, ticks } = run((slot, now) => slot === 2 && now.spend(230));
  clock.turn(500);
  expect(ticks).toEqual([
    { slot: 0, missed: 0, at: 0 },
    { slot: 1, missed: 0, at: 50 },
    { slot: 2, missed: 0, at: 100 },
    // The long tick ends at 330 ms: slots 3 to 5 are over, slot 6 (300 ms) is the newest that is due.
    { slot: 6, missed: 3, at: 330 },
    { slot: 7, missed: 0, at: 350 },
    { slot: 8, missed: 0, at: 400 },
    { slot: 9, missed: 0, at: 450 },
    { slot: 10, missed: 0, at: 500 },
  ]);
});

it('stops for good, also from within a tick', () => {
  const { clock, ticks, grid } = run((slot) => {
    if (slot === 3) grid.stop();
  });
  clock.turn(1_000);
  expect(ticks).toHaveLength(4);
});
