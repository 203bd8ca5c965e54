import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { beginSwap, settleSwap, swapMoves } from '#provision/cluster/up/swap-disks.ts';
import { keptOfGuests } from '#provision/machines/vagrant/libvirt/guest-disks.ts';

/** What each kind of lab keeps, and any other names, some of them deep. */
const kept = fc.oneof(
  fc.constantFrom<readonly string[]>(['machines', 'registry'], keptOfGuests),
  fc.uniqueArray(fc.constantFrom('pool', 'a/b/c', 'a/b/d', 'a/e', 'machines', 'registry'), { minLength: 1 }),
);

interface World {
  readonly kept: readonly string[];
  /** Those that the lab has, and the snapshot; the snapshot always has the disks. */
  readonly old: readonly string[];
  readonly fresh: readonly string[];
  /** Moves that are made before the command is killed. */
  readonly moves: number;
  /** What of the old the killed command had removed already, when all was moved. */
  readonly removed: readonly string[];
}

const world: fc.Arbitrary<World> = kept.chain((names) =>
  fc.record({
    kept: fc.constant(names),
    old: fc.subarray([...names]),
    fresh: fc.subarray(names.slice(1)).map((others) => [...names.slice(0, 1), ...others]),
    moves: fc.integer({ min: -1, max: 2 * names.length }),
    removed: fc.subarray([...names]),
  }),
);

function write(place: string, names: readonly string[], text: string): void {
  for (const name of names) {
    mkdirSync(join(place, name), { recursive: true });
    writeFileSync(join(place, name, 'disk'), text);
  }
}

/** What of each name is there. */
function found(dir: string, names: readonly string[]): [string, string][] {
  return names.flatMap((name): [string, string][] => {
    const disk = join(dir, name, 'disk');
    return existsSync(disk) ? [[name, readFileSync(disk, 'utf8')]] : [];
  });
}

const all = (names: readonly string[], having: readonly string[], text: string) =>
  names.filter((name) => having.includes(name)).map((name) => [name, text]);

it('a restore that is killed at any moment is all of the old or all of the new, whoever settles it', async () => {
  await fc.assert(
    fc.asyncProperty(world, async ({ kept: names, old, fresh, moves, removed }) => {
      const dir = mkdtempSync(join(tmpdir(), 'swap-disks-'));
      try {
        write(dir, old, 'old');
        write(await beginSwap(dir, names), fresh, 'new');
        const done = swapMoves(names).slice(0, Math.max(moves, 0));
        if (moves >= 0) mkdirSync(join(dir, 'restore.going'));
        for (const [from, to] of done.map((pair) => pair.map((path) => join(dir, path)) as [string, string])) {
          if (!existsSync(from)) continue;
          mkdirSync(dirname(to), { recursive: true });
          renameSync(from, to);
        }
        if (moves === 2 * names.length)
          for (const name of removed) rmSync(join(dir, 'restore.going', name), { recursive: true, force: true });
        await settleSwap(dir);
        const expected = moves > names.length ? all(names, fresh, 'new') : all(names, old, 'old');
        expect(found(dir, names)).toEqual(expected);
        await settleSwap(dir);
        expect(found(dir, names)).toEqual(expected);
        expect(readdirSync(dir).filter((name) => name.startsWith('restore.'))).toEqual([]);
      } finally {
        rmSync(dir, { recursive: true });
      }
    }),
  );
});
