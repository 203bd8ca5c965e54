import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { LabError } from '#errors/lab-error.ts';
import { findMaker } from '#provision/cluster/labs/find-maker.ts';
import { readConfigInForce } from '#provision/cluster/in-force/read-in-force.ts';
import { Lab } from '#provision/cluster/lab.ts';
import type { LabEvent } from '#provision/cluster/parts/lab-event.ts';
import { type FoundLab, makerNote, refuseAnothers } from '#provision/cluster/labs/lab-maker.ts';
import { undoAbandoned } from '#scenarios/harness/faults/undo-abandoned.ts';
import type { HypervisorName, LabConfig } from '#provision/config/lab-config.ts';
import { loadConfig, readConfigFiles } from '#provision/config/load-config.ts';
import { chosenDriver, stretchFactor, stretchTimers } from '#provision/config/stretch-timers.ts';
import { kvmUsable } from '#provision/host/kvm/kvm-usable.ts';
import { requireRoot as requireRootUser } from '#provision/host/require-root.ts';
import { readProviderRecord, recordedHypervisor } from '#provision/machines/ground/provider-record.ts';
import { shellWords } from '#provision/host/shell-word.ts';
import { chosenName } from './choose-name.ts';
import { chooseHypervisor, chooseProvider } from './choose-provider.ts';
import { configDirOf, type Invocation } from './invocation.ts';
import { printErr } from './render/terminal.ts';
import { thisCommand } from './this-command.ts';

/** Which lab a command wants. */
export interface WantedLab extends Invocation {
  /** What a person's own `vagrant up` runs the machines on. */
  readonly hypervisor?: HypervisorName;
}

/**
 * The lab, with faults undone that a scenario left behind when it was killed. For every command that uses the lab further.
 * @throws LabError when a fault cannot be undone, `state.another-*` for a lab that another checkout made
 */
export async function openLab(wanted: WantedLab, onEvent?: (event: LabEvent) => void): Promise<Lab> {
  const lab = await ownLab(wanted, onEvent);
  await mend(lab);
  return lab;
}

/** The lab, for a command that changes it. @throws LabError `state.another-*` for one that another checkout made */
export async function ownLab(wanted: WantedLab, onEvent?: (event: LabEvent) => void): Promise<Lab> {
  const lab = await describeLab(wanted, onEvent);
  const found = await findMaker(lab.config.stateDir, wanted.repoDir);
  refuseAnothers(lab.config, found, `lab ${shellWords(process.argv.slice(2))}`);
  const note = makerNote(lab.config, found);
  if (note !== undefined) printErr(`note: ${note}; it is this checkout's now`);
  return lab;
}

/** The lab of this name, whoever made it, for commands that only look. Another checkout's is left as it is. */
export async function lookAtLab(wanted: WantedLab): Promise<Lab> {
  const { lab, own } = await findLab(wanted);
  if (own) await mend(lab);
  return lab;
}

/**
 * The lab of this name, whoever made it: another checkout's is said on stderr, and described by its own config.rb and lab.toml
 * where they can be read.
 */
export async function findLab(
  wanted: WantedLab,
  onEvent?: (event: LabEvent) => void,
): Promise<{ readonly lab: Lab; readonly own: boolean }> {
  const lab = await describeLab(wanted, onEvent);
  const found = await findMaker(lab.config.stateDir, wanted.repoDir);
  const note = makerNote(lab.config, found);
  if (found === undefined || note === undefined) return { lab, own: true };
  const theirs = await describeAnothers(lab, found, onEvent);
  const shown = theirs === undefined ? "; addresses and sizes are those of this checkout's lab.toml" : '';
  printErr(`note: ${note}${shown}`);
  if (theirs !== undefined) return { lab: theirs, own: false };
  const config = { ...lab.config, stateDir: found.stateDir };
  const { repoDir, configDir } = lab;
  return { lab: new Lab({ config, repoDir, configDir, ...(onEvent === undefined ? {} : { onEvent }) }), own: false };
}

/** Says on stderr whose lab of this name there is, where it is not this checkout's. */
export async function sayMaker(repoDir: string, config: LabConfig): Promise<void> {
  const note = makerNote(config, await findMaker(config.stateDir, repoDir));
  if (note !== undefined) printErr(`note: ${note}`);
}

async function mend(lab: Lab): Promise<void> {
  await lab.keepFence();
  await undoAbandoned(lab, (notice) => printErr(`note: ${notice}`));
}

/** Undefined when its configuration is gone, speaks of another lab now, or is of a version that cannot be read. */
async function describeAnothers(
  { config: { name } }: Lab,
  { maker, stateDir, checkout }: FoundLab,
  onEvent?: (event: LabEvent) => void,
): Promise<Lab | undefined> {
  if (checkout === 'gone' || !existsSync(maker.configDir)) return undefined;
  try {
    const lab = await describeLab({ repoDir: maker.checkout }, onEvent, maker.configDir);
    return lab.config.name === name && lab.config.stateDir === stateDir ? lab : undefined;
  } catch (error) {
    if (error instanceof LabError) return undefined;
    throw error;
  }
}

/**
 * The lab of config.rb and lab.toml: those of this checkout, or of the directory LAB_CONFIG_DIR. Where there is one already it is
 * described as it was made, whatever the two files say by now.
 */
export async function describeLab(
  wanted: WantedLab,
  onEvent?: (event: LabEvent) => void,
  configDir: string = configDirOf(wanted.repoDir),
): Promise<Lab> {
  const { repoDir } = wanted;
  const files = readConfigFiles(configDir, chosenName());
  const record = readProviderRecord(files.stateDir);
  const config = files.configFor({
    env: process.env,
    hostCpus: availableParallelism(),
    provider: chooseProvider(wanted.provider, record?.provider),
    hypervisor: chooseHypervisor(wanted.hypervisor, recordedHypervisor(record)),
  });
  const stretched = stretchTimers(config, config.provider === 'vagrant' ? await stretchOf(config.vagrant) : 1);
  const inForce = await readConfigInForce(stretched);
  return new Lab({
    config: inForce ?? stretched,
    written: stretched,
    repoDir,
    configDir,
    ...(onEvent === undefined ? {} : { onEvent }),
  });
}

/** The configuration alone, for the provider that was asked for, whatever the lab is made of now. */
export function describeConfig({ repoDir, provider }: Invocation): LabConfig {
  return loadConfig(configDirOf(repoDir), process.env, availableParallelism(), provider, chosenName());
}

/** @throws LabError `permission.root` with this very command behind sudo */
export function requireRoot(): void {
  requireRootUser(process.getuid?.(), thisCommand(process.env, process.argv));
}

async function stretchOf(vagrant: LabConfig['vagrant']): Promise<number> {
  // VirtualBox emulates no CPU.
  if (vagrant.hypervisor === 'virtualbox') return stretchFactor(vagrant, false);
  // The probe boots a small guest: only when its answer matters.
  const kvm = vagrant.stretch === 0 && vagrant.driver === 'auto' && (await kvmUsable(vagrant.cpuModel));
  return stretchFactor(vagrant, chosenDriver(vagrant, kvm) === 'qemu');
}
