import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { LabError } from '#errors/lab-error.ts';
import type { HypervisorName } from '../../config/lab-config.ts';
import { type LabPaths, labPaths } from '../../machines/ground/lab-paths.ts';
import { readProviderRecord, recordedHypervisor } from '../../machines/ground/provider-record.ts';
import { parseSupervisorSpec } from '../../machines/ground/read-supervisor-spec.ts';
import { runningSpecFiles } from '../../machines/ground/supervisor-process.ts';
import { readMaker } from './find-maker.ts';

/** A lab of this host, as its state directory has it. */
export interface ListedLab {
  readonly name: string;
  readonly up: boolean;
  /** Wall-clock ms since when it is up; undefined when it is down. */
  readonly since?: number;
  /** What runs its machines. */
  readonly provider: 'nspawn' | HypervisorName;
  readonly machines: readonly { readonly name: string; readonly address: string }[];
  readonly stateDir: string;
  /** The checkout that made it; undefined when the lab does not say. */
  readonly checkout: string | undefined;
  /** Why its supervisor's spec cannot be read: it is of another version, or damaged. Its machines are unknown then. */
  readonly unreadable?: string;
}

/**
 * All labs of this host by name: those that run, wherever their state is, and those that have one beside this checkout's.
 * Reads only.
 * @param stateDir of this checkout's lab, with its name at the end
 */
export async function listLabs(stateDir: string): Promise<ListedLab[]> {
  const running = runningSpecFiles();
  const beside = await readdir(dirname(stateDir)).catch(() => []);
  const files = new Set([...running, ...beside.map((name) => join(dirname(stateDir), name, 'supervisor-spec.json'))]);
  const labs = await Promise.all([...files].map((file) => readLab(file, running.includes(file))));
  return labs.filter((lab) => lab !== undefined).sort((a, b) => a.name.localeCompare(b.name));
}

async function readLab(specFile: string, up: boolean): Promise<ListedLab | undefined> {
  const text = await readFile(specFile, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const stateDir = dirname(specFile);
  const common = { stateDir, checkout: (await readMaker(stateDir))?.checkout };
  try {
    const spec = parseSupervisorSpec(text, specFile);
    return {
      name: spec.lab,
      up,
      ...(up ? await sinceWhen(labPaths(spec.lab, stateDir)) : {}),
      provider: spec.guestsOf ?? 'nspawn',
      machines: spec.machines.map(({ name, address }) => ({ name, address })),
      ...common,
    };
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    const record = readProviderRecord(stateDir);
    const provider = recordedHypervisor(record) ?? 'nspawn';
    return { name: basename(stateDir), up, provider, machines: [], ...common, unreadable: error.message };
  }
}

/** Its supervisor makes its socket anew when it begins. */
async function sinceWhen({ controlSocket }: LabPaths): Promise<{ since?: number }> {
  return stat(controlSocket).then(
    ({ mtimeMs }) => ({ since: mtimeMs }),
    () => ({}),
  );
}
