import fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatLine } from '#platform/fleet/parts/log.ts';
import { whenFenceClosed } from '#scenarios/quorum/fenced-machine.ts';

const machines = ['core-01', 'core-02', 'core-03'];
const words = fc.record({
  machine: fc.constantFrom(...machines),
  atMs: fc.integer({ min: 0, max: 60_000 }),
  event: fc.constantFrom('closed', 'open', 'stays-open'),
});

it('a fence closed at the first word of its own machine that is not older than the fault', () => {
  fc.assert(
    fc.property(
      fc.array(words),
      fc.constantFrom(...machines),
      fc.integer({ min: 0, max: 60_000 }),
      fc.integer({ min: 0, max: 2 ** 41 }),
      (said, machine, fromMs, beganMs) => {
        const inOrder = [...said].sort((a, b) => a.atMs - b.atMs);
        const lines = inOrder.map(({ machine: of, atMs, event }) => ({
          machine: of,
          unit: 'fleet.service',
          wallMs: beganMs + atMs,
          message: formatLine('fence', { event, reason: 'event=closed is not its own word' }),
        }));
        const times = inOrder
          .filter((one) => one.machine === machine && one.event === 'closed' && one.atMs >= fromMs)
          .map(({ atMs }) => atMs);
        expect(whenFenceClosed(lines, machine, fromMs, beganMs)).toBe(
          times.length === 0 ? undefined : Math.min(...times),
        );
      },
    ),
  );
});
