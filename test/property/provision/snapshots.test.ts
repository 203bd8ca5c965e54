import fc from 'fast-check';
import { expect, it } from 'vitest';
import { misfit, type SnapshotRecord } from '#provision/cluster/snapshots/snapshot-record.ts';
import { sortVolumes } from '#provision/machines/vagrant/libvirt/guest-disks.ts';

const volume = fc.stringMatching(/^[a-z][a-z0-9_-]{0,8}\.img$/);
const source = (path: string, quote: string) => `<disk><source index='1' file=${quote}${path}${quote}/></disk>`;

it('no disk that a guest writes to is ever shared with a snapshot, and every other one is', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(volume, { maxLength: 8 }),
      fc.array(fc.record({ name: volume, quote: fc.constantFrom("'", '"'), inPool: fc.boolean() }), { maxLength: 6 }),
      (files, disks) => {
        const xmls = disks.map(({ name, quote, inPool }) =>
          source(`${inPool ? '/lab/pool' : '/elsewhere'}/${name}`, quote),
        );
        const { own, base } = sortVolumes(files, xmls, '/lab/pool');
        const written = new Set(disks.flatMap(({ name, inPool }) => (inPool ? [name] : [])));
        expect(new Set(own)).toEqual(written);
        expect(new Set(base)).toEqual(new Set(files.filter((name) => !written.has(name))));
      },
    ),
  );
});

const record: fc.Arbitrary<SnapshotRecord> = fc.record(
  {
    at: fc.constant('2026-01-01T00:00:00.000Z'),
    guestsOf: fc.constantFrom('libvirt' as const, 'virtualbox' as const),
    machines: fc.uniqueArray(fc.integer({ min: 1, max: 3 }), { minLength: 1 }).chain((numbers) =>
      fc.tuple(
        ...numbers.sort().map((n) =>
          fc.record({
            name: fc.constant(`core-0${n}`),
            address: fc.constantFrom(`172.17.8.10${n}`, `172.18.8.10${n}`),
            machineId: fc.constantFrom(`c00${n}`, `c01${n}`),
          }),
        ),
      ),
    ),
    bytes: fc.nat(),
  },
  { requiredKeys: ['at', 'machines', 'bytes'] },
);
const shapeOf = ({ guestsOf, machines }: SnapshotRecord) => ({ guestsOf, machines, settings: undefined });

it('a snapshot fits exactly the lab that is the same in kind, machines, addresses and ids, and says one sentence otherwise', () => {
  fc.assert(
    fc.property(record, record, (one, other) => {
      const same = JSON.stringify(shapeOf(one)) === JSON.stringify(shapeOf(other));
      const why = misfit(one, shapeOf(other));
      expect(why === undefined).toBe(same);
      expect(misfit(other, shapeOf(one)) === undefined).toBe(same);
      expect(why ?? '').not.toMatch(/undefined|\n/);
      expect(misfit(one, shapeOf(one))).toBeUndefined();
    }),
  );
});
