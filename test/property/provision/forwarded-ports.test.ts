import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assignPorts, type PortWishes } from '#provision/config/forwarded-ports.ts';

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
        const machines = assignPorts(count, wished);
        const hosts = machines.flat().map(({ host }) => host);
        expect(new Set(hosts).size).toBe(hosts.length);
        expect(hosts.every((host) => host >= 1 && host <= 65_535)).toBe(true);
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

  it('at the end of the range the next free ones are below it', () => {
    const hosts = (count: number, wished: PortWishes) =>
      assignPorts(count, wished).map((ports) => ports.map(({ host }) => host));
    expect(hosts(3, { forwarded: [{ guest: 80, host: 65_534 }] })).toEqual([[65_534], [65_535], [65_533]]);
    expect(hosts(3, { forwarded: [], dockerTcp: 65_535 })).toEqual([[65_535], [65_534], [65_533]]);
    expect(hosts(3, { forwarded: [{ guest: 80, host: 2376 }], dockerTcp: 2375 })).toEqual([
      [2375, 2378],
      [2376, 2379],
      [2377, 2380],
    ]);
    expect(hosts(2, { forwarded: [] })).toEqual([[], []]);
  });
});
