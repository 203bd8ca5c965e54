import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { LabError } from '../errors/lab-error.ts';
import { findMaker } from '../provision/cluster/find-maker.ts';
import { Lab } from '../provision/cluster/lab.ts';
import type { LabEvent } from '../provision/cluster/lab-event.ts';
import { type FoundLab, makerNote, refuseAnothers } from '../provision/cluster/lab-maker.ts';
import { undoAbandoned } from '../scenarios/harness/faults/undo-abandoned.ts';
import type { HypervisorName, LabConfig, ProviderName } from '../provision/config/lab-config.ts';
import { loadConfig } from '../provision/config/load-config.ts';
import { chosenDriver, stretchFactor, stretchTimers } from '../provision/config/stretch-timers.ts';
import { kvmUsable } from '../provision/host/kvm/kvm-usable.ts';
import { requireRoot as requireRootUser } from '../provision/host/require-root.ts';
import { shellWords } from '../provision/host/shell-word.ts';
import { thisCommand } from './this-command.ts';
import { chooseHypervisor, chooseProvider, recordedHypervisor, recordedProvider } from './choose-provider.ts';

/** `--provider`, where the command line has it. */
let askedProvider: ProviderName | undefined;

export function askForProvider(provider: ProviderName | undefined): void {
  askedProvider = provider;
}

/** What a person's own `vagrant up` runs the machines on. */
let askedHypervisor: HypervisorName | undefined;

export function askForHypervisor(hypervisor: HypervisorName): void {
  askedProvider = 'vagrant';
  askedHypervisor = hypervisor;
}

/**
 * The lab, with faults undone that a scenario left behind when it was killed. For every command that uses the lab further.
 * @throws LabError when a fault cannot be undone, `state.another-*` for a lab that another checkout made
 */
export async function openLab(repoDir: string, onEvent?: (event: LabEvent) => void): Promise<Lab> {
  const lab = await ownLab(repoDir, onEvent);
  await mend(lab);
  return lab;
}

/** The lab, for a command that changes it. @throws LabError `state.another-*` for one that another checkout made */
export async function ownLab(repoDir: string, onEvent?: (event: LabEvent) => void): Promise<Lab> {
  const lab = await describeLab(repoDir, onEvent);
  const found = await findMaker(lab.config.stateDir, repoDir);
  refuseAnothers(lab.config, found, `lab ${shellWords(process.argv.slice(2))}`);
  const note = makerNote(lab.config, found);
  if (note !== undefined) console.error(`note: ${note}; it is this checkout's now`);
  return lab;
}

/** The lab of this name, whoever made it, for commands that only look. Another checkout's is left as it is. */
export async function lookAtLab(repoDir: string): Promise<Lab> {
  const { lab, own } = await findLab(repoDir);
  if (own) await mend(lab);
  return lab;
}

/**
 * The lab of this name, whoever made it: another checkout's is said on stderr, and described by its own config.rb and lab.toml
 * where they can be read.
 */
export async function findLab(
  repoDir: string,
  onEvent?: (event: LabEvent) => void,
): Promise<{ readonly lab: Lab; readonly own: boolean }> {
  const lab = await describeLab(repoDir, onEvent);
  const found = await findMaker(lab.config.stateDir, repoDir);
  const note = makerNote(lab.config, found);
  if (found === undefined || note === undefined) return { lab, own: true };
  const theirs = await describeAnothers(lab, found, onEvent);
  const shown = theirs === undefined ? "; addresses and sizes are those of this checkout's lab.toml" : '';
  console.error(`note: ${note}${shown}`);
  if (theirs !== undefined) return { lab: theirs, own: false };
  const config = { ...lab.config, stateDir: found.stateDir };
  const { configDir } = lab;
  return { lab: new Lab({ config, repoDir, configDir, ...(onEvent === undefined ? {} : { onEvent }) }), own: false };
}

/** Says on stderr whose lab of this name there is, where it is not this checkout's. */
export async function sayMaker(repoDir: string, config: LabConfig): Promise<void> {
  const note = makerNote(config, await findMaker(config.stateDir, repoDir));
  if (note !== undefined) console.error(`note: ${note}`);
}

async function mend(lab: Lab): Promise<void> {
  await lab.keepFence();
  await undoAbandoned(lab, (notice) => console.error(`note: ${notice}`));
}

/** Undefined when its configuration is gone, speaks of another lab now, or is of a version that cannot be read. */
async function describeAnothers(
  { config: { name } }: Lab,
  { maker, stateDir, checkout }: FoundLab,
  onEvent?: (event: LabEvent) => void,
): Promise<Lab | undefined> {
  if (checkout === 'gone' || !existsSync(maker.configDir)) return undefined;
  try {
    const lab = await describeLab(maker.checkout, onEvent, maker.configDir);
    return lab.config.name === name && lab.config.stateDir === stateDir ? lab : undefined;
  } catch (error) {
    if (error instanceof LabError) return undefined;
    throw error;
  }
}

/** The lab that config.rb and lab.toml describe: those of this checkout, or of the directory LAB_CONFIG_DIR. */
export async function describeLab(
  repoDir: string,
  onEvent?: (event: LabEvent) => void,
  configDir: string = process.env['LAB_CONFIG_DIR'] ?? repoDir,
): Promise<Lab> {
  const { stateDir } = readConfig(configDir);
  const provider = chooseProvider(askedProvider, recordedProvider(stateDir));
  const config = readConfig(configDir, provider, chooseHypervisor(askedHypervisor, recordedHypervisor(stateDir)));
  const stretched = stretchTimers(config, config.provider === 'vagrant' ? await stretchOf(config.vagrant) : 1);
  return new Lab({ config: stretched, repoDir, configDir, ...(onEvent === undefined ? {} : { onEvent }) });
}

/** The configuration alone, for the provider that was asked for, whatever the lab is made of now. */
export function describeConfig(repoDir: string): LabConfig {
  return readConfig(process.env['LAB_CONFIG_DIR'] ?? repoDir, askedProvider);
}

function readConfig(configDir: string, provider?: ProviderName, hypervisor?: HypervisorName): LabConfig {
  return loadConfig(configDir, process.env, availableParallelism(), provider, hypervisor);
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
