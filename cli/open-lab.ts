import { availableParallelism } from 'node:os';
import { Lab } from '../provision/cluster/lab.ts';
import type { LabEvent } from '../provision/cluster/lab-event.ts';
import { undoAbandoned } from '../scenarios/harness/faults/undo-abandoned.ts';
import type { HypervisorName, LabConfig, ProviderName } from '../provision/config/lab-config.ts';
import { loadConfig } from '../provision/config/load-config.ts';
import { chosenDriver, stretchFactor, stretchTimers } from '../provision/config/stretch-timers.ts';
import { kvmUsable } from '../provision/host/kvm/kvm-usable.ts';
import { requireRoot as requireRootUser } from '../provision/host/require-root.ts';
import { printErr } from './render/terminal.ts';
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
 * The lab, with faults undone that a scenario left behind when it was killed. For every command that uses the lab.
 * @throws LabError when a fault cannot be undone
 */
export async function openLab(repoDir: string, onEvent?: (event: LabEvent) => void): Promise<Lab> {
  const lab = await describeLab(repoDir, onEvent);
  await lab.keepFence();
  await undoAbandoned(lab, (notice) => printErr(`note: ${notice}`));
  return lab;
}

/** The lab that config.rb and lab.toml describe: those of this checkout, or of the directory LAB_CONFIG_DIR. */
export async function describeLab(repoDir: string, onEvent?: (event: LabEvent) => void): Promise<Lab> {
  const configDir = process.env['LAB_CONFIG_DIR'] ?? repoDir;
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

/** @throws LabError `permission.root` */
export function requireRoot(command: string): void {
  requireRootUser(process.getuid?.(), `./lab ${command}`);
}

async function stretchOf(vagrant: LabConfig['vagrant']): Promise<number> {
  // VirtualBox emulates no CPU.
  if (vagrant.hypervisor === 'virtualbox') return stretchFactor(vagrant, false);
  // The probe boots a small guest: only when its answer matters.
  const kvm = vagrant.stretch === 0 && vagrant.driver === 'auto' && (await kvmUsable(vagrant.cpuModel));
  return stretchFactor(vagrant, chosenDriver(vagrant, kvm) === 'qemu');
}
