import { z } from 'zod';
import type { LabConfig } from '../../config/lab-config.ts';
import type { MachineStatus } from '../../machines/machine-provider.ts';

/** A setting that each machine takes when it is made or when it is booted, and has until then as it was. */
interface MachineSetting {
  /** As in config.rb or lab.toml: `[machines] ignition`. */
  readonly key: string;
  readonly taken: 'made' | 'booted';
  readonly of: (config: LabConfig) => string;
}

const nothing = 'nothing';
const ofConfigRb = (key: string, taken: MachineSetting['taken']): MachineSetting => ({
  key,
  taken,
  of: ({ vagrant }) => vagrant.asked[key] ?? nothing,
});
/** Of a guest's domain, which libvirt keeps as it was defined. */
const ofGuest = (key: string, of: (vagrant: LabConfig['vagrant']) => string): MachineSetting => ({
  key: `[vagrant] ${key}`,
  taken: 'made',
  of: ({ provider, vagrant }) => (provider === 'vagrant' && vagrant.hypervisor === 'libvirt' ? of(vagrant) : nothing),
});

/** Vagrant takes what it can change of a guest at `vagrant reload`, which is a halt and an `up` (Vagrant's documentation, "Reload"). */
const machineSettings: readonly MachineSetting[] = [
  { key: '[machines] ignition', taken: 'made', of: ignition },
  ...['$forwarded_ports', '$expose_docker_tcp', '$shared_folders'].map((key) => ofConfigRb(key, 'booted')),
  ...['$vb_cpuexecutioncap', '$vm_gui', '$vb_gui'].map((key) => ofConfigRb(key, 'booted')),
  ofConfigRb('$enable_serial_logging', 'made'),
  ofGuest('driver', ({ driver }) => driver),
  ofGuest('cpu_model', ({ cpuModel = 'the default' }) => cpuModel),
  ofGuest('tb_size_mb', ({ tbSizeMb }) => String(tbSizeMb)),
  ofGuest('management', ({ managementCidr }) => managementCidr),
];

function ignition({ ignitionFile, ignitionDigest }: LabConfig): string {
  if (ignitionFile === undefined) return nothing;
  return ignitionDigest === undefined ? 'a file that cannot be read' : `a file of SHA-256 ${ignitionDigest}`;
}

/** By machine: what it has of these settings, as texts by their key. */
export const machineSettingsSchema = z.record(z.string(), z.record(z.string(), z.string()));
export type MachineSettings = z.output<typeof machineSettingsSchema>;

/**
 * What each machine has of its settings once `lab up` has made and booted all that is not there or not running. Pure.
 * @param before the record of the last `lab up`; without one, as with a lab of an earlier version, of a machine that is there nothing is known
 * @param machines as they are before they are made and booted
 */
export function settingsTaken(
  config: LabConfig,
  machines: readonly MachineStatus[],
  before: MachineSettings = {},
): MachineSettings {
  return Object.fromEntries(
    config.machines.map(({ name }) => {
      const state = machines.find((machine) => machine.name === name)?.state ?? 'absent';
      const settings = machineSettings.flatMap(({ key, taken, of }) => {
        const takesNow = state === 'absent' || (taken === 'booted' && state === 'stopped');
        const text = takesNow ? of(config) : before[name]?.[key];
        return text === undefined ? [] : [[key, text] as const];
      });
      return [name, Object.fromEntries(settings)];
    }),
  );
}

/** Those of a machine's settings that are written otherwise by now; undefined when there are none. Pure. */
export function keptSettings(
  has: Readonly<Record<string, string>> = {},
  written: LabConfig,
): Readonly<Record<string, string>> | undefined {
  const kept = machineSettings.flatMap(({ key, of }) => {
    const text = has[key];
    return text === undefined || text === of(written) ? [] : [[key, text] as const];
  });
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

/** A setting that is written otherwise than some machines have it. */
export interface KeptSetting {
  readonly key: string;
  readonly taken: 'made' | 'booted';
  readonly written: string;
  /** What those machines have, each once, in the order of `machines`. */
  readonly has: readonly string[];
  readonly machines: readonly string[];
}

/** By setting, what machines have kept of it. Pure. @param machines those that are there */
export function settingsKept(machines: LabConfig['machines'], written: LabConfig): KeptSetting[] {
  return machineSettings.flatMap(({ key, taken, of }) => {
    const keeping = machines.flatMap(({ name, keeps }) => {
      const text = keeps?.[key];
      return text === undefined || text === of(written) ? [] : [{ name, text }];
    });
    if (keeping.length === 0) return [];
    const has = [...new Set(keeping.map(({ text }) => text))];
    return [{ key, taken, written: of(written), has, machines: keeping.map(({ name }) => name) }];
  });
}
