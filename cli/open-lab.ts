import { availableParallelism } from 'node:os';
import { Lab } from '../provision/cluster/lab.ts';
import type { LabEvent } from '../provision/cluster/lab-event.ts';
import { undoAbandoned } from '../scenarios/harness/faults/undo-abandoned.ts';
import type { HypervisorName, LabConfig } from '../provision/config/lab-config.ts';
import { loadConfig, readConfigFiles } from '../provision/config/load-config.ts';
import { chosenDriver, stretchFactor, stretchTimers } from '../provision/config/stretch-timers.ts';
import { kvmUsable } from '../provision/host/kvm/kvm-usable.ts';
import { requireRoot as requireRootUser } from '../provision/host/require-root.ts';
import { readProviderRecord, recordedHypervisor } from '../provision/machines/ground/provider-record.ts';
import { chooseHypervisor, chooseProvider } from './choose-provider.ts';
import { configDirOf, type Invocation } from './invocation.ts';
import { printErr } from './render/terminal.ts';

/** Which lab a command wants. */
export interface WantedLab extends Invocation {
  /** What a person's own `vagrant up` runs the machines on. */
  readonly hypervisor?: HypervisorName;
}

/**
 * The lab, with faults undone that a scenario left behind when it was killed. For every command that uses the lab.
 * @throws LabError when a fault cannot be undone
 */
export async function openLab(wanted: WantedLab, onEvent?: (event: LabEvent) => void): Promise<Lab> {
  const lab = await describeLab(wanted, onEvent);
  await lab.keepFence();
  await undoAbandoned(lab, (notice) => printErr(`note: ${notice}`));
  return lab;
}

/** The lab that config.rb and lab.toml describe: those of this checkout, or of the directory LAB_CONFIG_DIR. */
export async function describeLab(wanted: WantedLab, onEvent?: (event: LabEvent) => void): Promise<Lab> {
  const { repoDir } = wanted;
  const configDir = configDirOf(repoDir);
  const files = readConfigFiles(configDir);
  const record = readProviderRecord(files.stateDir);
  const config = files.configFor({
    env: process.env,
    hostCpus: availableParallelism(),
    provider: chooseProvider(wanted.provider, record?.provider),
    hypervisor: chooseHypervisor(wanted.hypervisor, recordedHypervisor(record)),
  });
  const stretched = stretchTimers(config, config.provider === 'vagrant' ? await stretchOf(config.vagrant) : 1);
  return new Lab({ config: stretched, repoDir, configDir, ...(onEvent === undefined ? {} : { onEvent }) });
}

/** The configuration alone, for the provider that was asked for, whatever the lab is made of now. */
export function describeConfig({ repoDir, provider }: Invocation): LabConfig {
  return loadConfig(configDirOf(repoDir), process.env, availableParallelism(), provider);
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
