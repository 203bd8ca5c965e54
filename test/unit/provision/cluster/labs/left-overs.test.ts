import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { clearLeftOver, findLeftOvers } from '#provision/cluster/labs/left-overs.ts';
import { labPaths } from '#provision/machines/ground/lab-paths.ts';

const parent = mkdtempSync(join(tmpdir(), 'left-overs-'));
const name = `left${process.pid % 100_000}`;
const stateDir = join(parent, name);
const paths = labPaths(name, stateDir);

afterEach(() => {
  rmSync(paths.runDir, { recursive: true, force: true });
  rmSync(parent, { recursive: true, force: true });
});

const find = async () => (await findLeftOvers(join(parent, 'lab'))).filter(({ lab }) => lab === name);
const isRoot = process.getuid?.() === 0;

it.runIf(isRoot)('what a lab whose disks are gone left is found, and cleared away for good', async () => {
  mkdirSync(paths.runDir, { recursive: true });
  writeFileSync(paths.lockFile, '');
  // A command that just begins has no more than its lock.
  expect(await find()).toEqual([]);
  writeFileSync(paths.supervisorFile, '{}');
  const [left, ...others] = await find();
  expect(left).toEqual({ lab: name, stateDir, isLab: false, what: [paths.runDir] });
  expect(others).toEqual([]);
  if (left === undefined) return;
  let ended = 0;
  const provider = { endGround: async () => void (ended += 1) };
  await clearLeftOver(left, provider);
  expect(ended).toBe(1);
  expect(existsSync(paths.runDir)).toBe(false);
  expect(await find()).toEqual([]);
  await clearLeftOver(left, provider);
  expect(ended).toBe(1);
});

it.runIf(isRoot)('the directory of a lab that has its disks, and is down, is nothing left over', async () => {
  mkdirSync(stateDir, { recursive: true });
  mkdirSync(paths.runDir, { recursive: true });
  writeFileSync(paths.supervisorFile, '{}');
  expect(await find()).toEqual([]);
});
