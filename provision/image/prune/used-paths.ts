import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * What the labs of this host stand on, whether they run or not: their machines' OS images and their registry.
 * @param stateDirs directories that hold one directory for each lab
 * @param runningSpecs files that running supervisors were started with, wherever they are
 */
export async function usedPaths(stateDirs: readonly string[], runningSpecs: readonly string[]): Promise<string[]> {
  const labs = (await Promise.all(stateDirs.map(directoriesIn))).flat();
  const specs = await Promise.all(
    [...labs.map((lab) => join(lab, 'supervisor-spec.json')), ...runningSpecs].map(pathsOfSpec),
  );
  const machines = (await Promise.all(labs.map((lab) => directoriesIn(join(lab, 'machines'))))).flat();
  const disks = machines.map(async (machine) => {
    const record = (await readJson(join(machine, 'provisioned.json'))) as { osRoot?: string } | undefined;
    return record?.osRoot ?? '';
  });
  return [...specs.flat(), ...(await Promise.all(disks))].filter((path) => path !== '');
}

interface SpecPaths {
  readonly registryStorage?: string;
  readonly rsvp?: readonly string[];
  readonly machines?: readonly { readonly osRoot: string }[];
}

async function pathsOfSpec(file: string): Promise<string[]> {
  const spec = (await readJson(file)) as SpecPaths | undefined;
  // A supervisor's own Node is the one that its stream server is started with.
  return [spec?.registryStorage ?? '', spec?.rsvp?.[0] ?? '', ...(spec?.machines ?? []).map(({ osRoot }) => osRoot)];
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
