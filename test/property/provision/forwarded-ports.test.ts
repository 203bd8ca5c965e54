import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LabError } from '../../../errors/lab-error.ts';
import { assignPorts, type PortWishes } from '../../../provision/config/forwarded-ports.ts';

const port = fc.integer({ min: 1, max: 65_535 });
const wishes: fc.Arbitrary<PortWishes> = fc.record(
  {
    forwarded: fc.uniqueArray(fc.record({ guest: port, host: port }), { maxLength: 5, selector: ({ guest }) => guest }),
    dockerTcp: port,
  },
  { requiredKeys: ['forwarded'] },
);

describe('ports of machines on the host', () => {
  it('no two are the same, every wish is there, and the first machine has what was wished where nothing is in the way', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), wishes, (count, wished) => {
        let machines;
        try {
          machines = assignPorts(count, wished);
        } catch (error) {
          if (!(error instanceof LabError)) throw error;
          expect(error.code).toBe('config.value');
          return;
        }
        const hosts = machines.flat().map(({ host }) => host);
        expect(new Set(hosts).size).toBe(hosts.length);
        expect(Math.max(0, ...hosts)).toBeLessThanOrEqual(65_535);
        for (const ports of machines) {
          const guests = ports.map(({ guest }) => guest);
          expect(guests).toEqual([
            ...(wished.dockerTcp === undefined ? [] : [2375]),
            ...wished.forwarded.map(({ guest }) => guest),
          ]);
        }
        const [first] = wished.forwarded;
        if (first !== undefined && wished.dockerTcp === undefined) expect(machines[0]?.[0]?.host).toBe(first.host);
      }),
    );
  });

  it('a wish that leads beyond the last port is refused', () => {
    expect(() => assignPorts(2, { forwarded: [{ guest: 80, host: 65_535 }] })).toThrow(/up to 65536/);
    expect(assignPorts(1, { forwarded: [{ guest: 80, host: 65_535 }] })).toEqual([[{ guest: 80, host: 65_535 }]]);
    expect(assignPorts(3, { forwarded: [] })).toEqual([[], [], []]);
  });
});
