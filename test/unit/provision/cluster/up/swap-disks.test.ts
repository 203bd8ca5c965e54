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
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { beginSwap, settleSwap, swapDisks } from '#provision/cluster/up/swap-disks.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'swap-disks-'));
  fill(dir, 'old');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** A lab's machines and registry, or those of a snapshot. */
function fill(place: string, text: string): void {
  for (const name of ['machines', 'registry']) {
    mkdirSync(join(place, name), { recursive: true });
    writeFileSync(join(place, name, 'disk'), text);
  }
}

/** What is there by now; nothing else may be left. */
function found(): string[] {
  expect(readdirSync(dir).sort()).toEqual(['machines', 'registry']);
  return ['machines', 'registry'].map((name) => readFileSync(join(dir, name, 'disk'), 'utf8'));
}

it('puts what was made ready in the place of what is there', async () => {
  fill(await beginSwap(dir, ['machines', 'registry']), 'new');
  await swapDisks(dir);
  expect(found()).toEqual(['new', 'new']);
});

it('without a registry on either side it is the same', async () => {
  rmSync(join(dir, 'registry'), { recursive: true });
  const coming = await beginSwap(dir, ['machines', 'registry']);
  fill(coming, 'new');
  rmSync(join(coming, 'registry'), { recursive: true });
  await swapDisks(dir);
  expect(readdirSync(dir)).toEqual(['machines']);
});

describe('one that was killed', () => {
  const going = () => join(dir, 'restore.going');
  const coming = () => join(dir, 'restore.coming');
  const move = (from: string, to: string) => renameSync(from, to);
  /** What swapDisks does, in its order: after each of these it may be killed. */
  const steps = [
    () => mkdirSync(going()),
    () => move(join(dir, 'machines'), join(going(), 'machines')),
    () => move(join(dir, 'registry'), join(going(), 'registry')),
    () => move(join(coming(), 'machines'), join(dir, 'machines')),
    () => move(join(coming(), 'registry'), join(dir, 'registry')),
    () => rmSync(join(going(), 'registry'), { recursive: true }),
  ];

  it.each([0, 1, 2, 3, 4, 5, 6])('after %d steps is all of the old or all of the new', async (count) => {
    fill(await beginSwap(dir, ['machines', 'registry']), 'new');
    for (const step of steps.slice(0, count)) step();
    await settleSwap(dir);
    expect(found()).toEqual(count < 4 ? ['old', 'old'] : ['new', 'new']);
    await settleSwap(dir);
    expect(existsSync(going())).toBe(false);
  });

  it('while the new was still being copied leaves the old', async () => {
    mkdirSync(join(await beginSwap(dir, ['machines', 'registry']), 'machines'));
    await settleSwap(dir);
    expect(found()).toEqual(['old', 'old']);
  });
});
