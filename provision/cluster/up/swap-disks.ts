import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { parse } from '../../host/json-text.ts';

const coming = 'restore.coming';
const going = 'restore.going';
/** In what is coming: the names of what is swapped. It goes with that, and that goes last. */
const namesFile = 'kept.json';
/** Of a swap that an earlier version began. */
const keptBefore = ['machines', 'registry'];

/**
 * An empty directory for what is to come in place of the lab's disks.
 * @param stateDir of the lab
 * @param kept of DiskCopies
 */
export async function beginSwap(stateDir: string, kept: readonly string[]): Promise<string> {
  const directory = join(stateDir, coming);
  await mkdir(directory, { mode: 0o700 });
  await writeFile(join(directory, namesFile), JSON.stringify(kept));
  return directory;
}

/**
 * Puts what was made ready in the place of what is there. No process of the lab runs. It counts from the moment at which the disks
 * have their place: `settleSwap` ends one that was cut short before as if it had never begun, and one after it as if nothing had come
 * between.
 */
export async function swapDisks(stateDir: string): Promise<void> {
  const names = await namesOf(stateDir);
  await mkdir(join(stateDir, going), { mode: 0o700 });
  for (const [from, to] of swapMoves(names)) await move(join(stateDir, from), join(stateDir, to));
  await settleSwap(stateDir);
}

/** What a swap moves, in this order: from where to where, in the state directory; what is not there is passed over. Pure. */
export function swapMoves(kept: readonly string[]): [from: string, to: string][] {
  return [
    ...kept.map((name): [string, string] => [name, join(going, name)]),
    ...kept.map((name): [string, string] => [join(coming, name), name]),
  ];
}

/**
 * Ends a swap of which a killed command left a part, whatever runs the lab's machines; no-op without one. To be called under the
 * lab's lock.
 */
export async function settleSwap(stateDir: string): Promise<void> {
  const at = (...path: string[]) => join(stateDir, ...path);
  if (existsSync(at(going))) {
    const names = await namesOf(stateDir);
    const [disks = ''] = names;
    const counts = existsSync(at(disks)) && !existsSync(at(coming, disks));
    for (const name of names) if (!existsSync(at(name))) await move(at(counts ? coming : going, name), at(name));
  }
  // The old goes first: without it, what was to come is only what was begun.
  for (const left of [going, coming]) await rm(at(left), { recursive: true, force: true });
}

async function namesOf(stateDir: string): Promise<readonly string[]> {
  const text = await readFile(join(stateDir, coming, namesFile), 'utf8').catch(() => undefined);
  return text === undefined ? keptBefore : z.array(z.string()).min(1).parse(parse(text));
}

async function move(from: string, to: string): Promise<void> {
  if (!existsSync(from)) return;
  await mkdir(dirname(to), { recursive: true });
  await rename(from, to);
}
