import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/**
 * What the labs of this host stand on, whether they run or not: their machines' OS images, also those of
 * snapshots, and their registry.
 * @param stateDirs directories that hold one directory for each lab
 * @param runningSpecs files that running supervisors were started with, wherever they are
 */
export async function usedPaths(stateDirs: readonly string[], runningSpecs: readonly string[]): Promise<string[]> {
  const labs = (await Promise.all(stateDirs.map(directoriesIn))).flat();
  const specs = await Promise.all(
    [...labs.map((lab) => join(lab, 'supervisor-spec.json')), ...runningSpecs].map(pathsOfSpec),
  );
  const snapshots = (await Promise.all(labs.map((lab) => directoriesIn(join(lab, 'snapshots'))))).flat();
  const machines = (
    await Promise.all([...labs, ...snapshots].map((one) => directoriesIn(join(one, 'machines'))))
  ).flat();
  const disks = machines.map((machine) => pathsOfMachine(join(machine, 'provisioned.json')));
  return [...specs.flat(), ...(await Promise.all(disks)).flat()];
}

const madeFrom = z.object({ osRoot: z.string() });

/** A field at a time: what another version of the lab wrote is used as far as it can be read. */
const spec = z.object({
  registryStorage: z.string().optional().catch(undefined),
  upstream: z.object({ storage: z.string() }).optional().catch(undefined),
  rsvp: z.array(z.string()).catch([]),
  machines: z.array(madeFrom).catch([]),
});

async function pathsOfSpec(file: string): Promise<string[]> {
  const { data } = spec.safeParse(await readJson(file));
  if (data === undefined) return [];
  // A supervisor's own Node is the one that its stream server is started with.
  const paths = [
    data.registryStorage,
    data.upstream?.storage,
    data.rsvp[0],
    ...data.machines.map(({ osRoot }) => osRoot),
  ];
  return paths.filter((path) => path !== undefined);
}

async function pathsOfMachine(file: string): Promise<string[]> {
  const { data } = madeFrom.safeParse(await readJson(file));
  return data === undefined ? [] : [data.osRoot];
}

async function directoriesIn(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(path, name));
}

/** Undefined when it is not there, or not whole: a lab that was begun and has no machine yet. */
async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as unknown;
  } catch {
    return undefined;
  }
}
