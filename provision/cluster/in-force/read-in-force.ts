import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LabError } from '#errors/lab-error.ts';
import type { LabConfig } from '../../config/lab-config.ts';
import { parse } from '../../host/json-text.ts';
import { labPaths } from '../../machines/ground/lab-paths.ts';
import { parseSupervisorSpec } from '../../machines/ground/read-supervisor-spec.ts';
import { configInForce } from './config-in-force.ts';
import type { MachineStatus } from '../../machines/machine-provider.ts';
import { type DiskSettings, diskSettings, diskSettingsSchema } from './disk-settings.ts';
import { type MachineSettings, machineSettingsSchema, settingsTaken } from './machine-settings.ts';

const recordName = 'disk-settings.json';
const machinesName = 'machine-settings.json';

/**
 * What a lab is made of, by its state directory. Reads only.
 * @param written config.rb and lab.toml as they are now
 * @returns undefined for a lab that was never up, or whose records are damaged or of another version
 */
export async function readConfigInForce(written: LabConfig): Promise<LabConfig | undefined> {
  const { specFile } = labPaths(written.name, written.stateDir);
  const text = await readFile(specFile, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const spec = parseSupervisorSpec(text, specFile);
    // A state directory that was copied or moved speaks of another lab.
    if (spec.lab !== written.name || spec.stateDir !== written.stateDir) return undefined;
    return configInForce(
      written,
      spec,
      await readDiskSettings(written.stateDir),
      await readMachineSettings(written.stateDir),
    );
  } catch (error) {
    // `lab destroy` must go on without it; `lab up` writes it anew.
    if (error instanceof LabError) return undefined;
    throw error;
  }
}

/**
 * Written by `lab up` once the ground stands, before it makes a machine.
 * @param machines as they are then: what is not there is made, and what is stopped is booted, by this configuration
 */
export async function recordSettings(config: LabConfig, machines: readonly MachineStatus[]): Promise<void> {
  const { stateDir } = config;
  await mkdir(stateDir, { recursive: true });
  const taken = settingsTaken(config, machines, await readMachineSettings(stateDir));
  for (const [name, value] of [[recordName, diskSettings(config)] as const, [machinesName, taken] as const]) {
    const file = join(stateDir, name);
    await writeFile(`${file}.new`, `${JSON.stringify(value)}\n`);
    await rename(`${file}.new`, file);
  }
}

async function readMachineSettings(stateDir: string): Promise<MachineSettings | undefined> {
  const text = await readFile(join(stateDir, machinesName), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : machineSettingsSchema.safeParse(parse(text)).data;
}

/** Undefined for a lab of an earlier version, which kept no record. */
export async function readDiskSettings(stateDir: string): Promise<DiskSettings | undefined> {
  const text = await readFile(join(stateDir, recordName), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : diskSettingsSchema.safeParse(parse(text)).data;
}
