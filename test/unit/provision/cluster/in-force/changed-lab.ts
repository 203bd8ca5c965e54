import type { LabConfig } from '#provision/config/lab-config.ts';
import type { ChangesSeen } from '#provision/cluster/in-force/plan-changes.ts';
import type { MachineState } from '#provision/machines/machine-provider.ts';
import { load } from '../../config/config-directory.ts';

/** A configuration of so many machines, with what else config.rb and lab.toml say. */
export function configOf(count: number, more: { rb?: string; toml?: string; provider?: 'vagrant' } = {}): LabConfig {
  const { rb = '', toml = '', provider } = more;
  return load({ rb: `$num_instances = ${count}\n${rb}`, toml, ...(provider === undefined ? {} : { provider }) });
}

/** A lab that was made of one configuration and is now described by another; its machines run unless it is said otherwise. */
export function seenChange(
  inForce: LabConfig,
  written: LabConfig,
  options: { states?: Readonly<Record<string, MachineState>>; names?: readonly string[]; members?: number } = {},
): ChangesSeen {
  const { states = {}, names, members } = options;
  const machines = inForce.machines.map(({ name }) => ({ name, state: states[name] ?? ('running' as const) }));
  return { inForce, written, machines, names, members };
}
