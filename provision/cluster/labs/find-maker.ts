import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { parse } from '../../host/json-text.ts';
import { labPaths } from '../../machines/ground/lab-paths.ts';
import { notedSupervisor, runningSpecFiles } from '../../machines/ground/supervisor-process.ts';
import { type FoundLab, type LabMaker, makerSchema, makerOfSpec } from './lab-maker.ts';

const recordName = 'made-by.json';
const specName = 'supervisor-spec.json';

/**
 * Which checkout made the lab of this name, by what its state directory says; of a lab that runs with another state directory
 * than this one, by what that one says. Reads only.
 * @param stateDir of the lab, with its name at the end
 * @param repoDir the checkout that asks
 * @returns undefined where there is no lab, or one that does not say
 */
export async function findMaker(stateDir: string, repoDir: string): Promise<FoundLab | undefined> {
  const noted = notedSupervisor(labPaths(basename(stateDir), stateDir).supervisorFile);
  const running = (noted === undefined ? runningSpecFiles() : [noted.specFile])
    .map((file) => dirname(file))
    .filter((dir) => basename(dir) === basename(stateDir));
  // Run directory, link and cgroup go by the name alone: the one that runs is the one that would be met.
  const place = running.some((dir) => resolve(dir) === resolve(stateDir)) ? stateDir : (running[0] ?? stateDir);
  const maker = await readMaker(place);
  if (maker === undefined) return undefined;
  return { maker, stateDir: place, checkout: await compare(maker.checkout, repoDir) };
}

/** Written by `lab up`, beside the lab's machines. */
export async function recordMaker(stateDir: string, maker: LabMaker): Promise<void> {
  const record: LabMaker = { checkout: resolve(maker.checkout), configDir: resolve(maker.configDir) };
  await mkdir(stateDir, { recursive: true });
  await writeFile(join(stateDir, recordName), `${JSON.stringify(record)}\n`);
}

/** Who made the lab in a state directory; undefined where nothing says so. */
export async function readMaker(stateDir: string): Promise<LabMaker | undefined> {
  const text = await readFile(join(stateDir, recordName), 'utf8').catch(() => undefined);
  if (text !== undefined) return makerSchema.safeParse(parse(text)).data;
  // Labs of earlier versions have no record, but a supervisor that runs programs of its checkout.
  const spec = await readFile(join(stateDir, specName), 'utf8').catch(() => undefined);
  return spec === undefined ? undefined : makerOfSpec(parse(spec));
}

/** By the directory and not by its name: a checkout may be mounted in two places. */
async function compare(checkout: string, repoDir: string): Promise<FoundLab['checkout']> {
  if (resolve(checkout) === resolve(repoDir)) return 'this';
  try {
    // What is left of a directory without it is no checkout.
    await stat(join(checkout, 'lab'));
    const [there, here] = await Promise.all([stat(checkout), stat(repoDir)]);
    return there.dev === here.dev && there.ino === here.ino ? 'this' : 'another';
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // What may not be looked at is there.
    return code === 'ENOENT' || code === 'ENOTDIR' ? 'gone' : 'another';
  }
}
