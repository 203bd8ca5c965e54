import type { MachineState } from '../machines/machine-provider.ts';
import { machinesNamed } from '../config/machine-named.ts';
import type { LabConfig } from '../config/lab-config.ts';
import { fleetApi } from './parts/fleet-api.ts';
import { etcdMemberHealthy, fleetMachines } from './conditions/conditions.ts';
import { type ConfigChange, configChanges } from './in-force/config-changes.ts';
import { nameOf } from './members/left-over-members.ts';
import { lookAtMembers } from './members/look-at-members.ts';
import { machineOf } from './members/machine-of.ts';
import type { LabParts } from './parts/lab-parts.ts';

/** What `lab status` shows. `etcd` and `fleet` are undefined when the machine does not run. */
export interface LabStatus {
  readonly lab: string;
  readonly provider: string;
  readonly up: boolean;
  readonly machines: readonly MachineSummary[];
  /** What config.rb and lab.toml have by now, and the lab has not. */
  readonly changes: readonly ConfigChange[];
  /** Members that etcd counts and that are no machine of the lab: names, or where they are to be. */
  readonly otherMembers: readonly string[];
}

export interface MachineSummary {
  readonly name: string;
  readonly address: string;
  readonly state: MachineState;
  /** Wall-clock ms since when. */
  readonly since?: number;
  readonly note?: string;
  readonly etcd?: 'healthy' | 'unhealthy';
  readonly fleet?: 'present' | 'missing' | 'unknown';
}

/**
 * Asks the provider, then each running machine. Probes no address while the lab's link to the host is gone.
 * @param written config.rb and lab.toml as they are now
 */
export async function labStatus(
  { config, provider }: Pick<LabParts, 'config' | 'provider'>,
  written: LabConfig,
): Promise<LabStatus> {
  const { stretch } = config;
  const { up, machines } = await provider.status();
  const running = machines.filter(({ state }) => state === 'running').map(({ name }) => name);
  const addresses = running.length === 0 ? [] : machinesNamed(config, running).map(({ address }) => address);
  const [listed, health, members] = up
    ? await Promise.all([
        addresses.length > 0 ? fleetMachines(addresses, fleetApi(config), stretch) : undefined,
        Promise.all(addresses.map(async (address) => [address, await etcdMemberHealthy(address, stretch)] as const)),
        addresses.length > 0 ? lookAtMembers(addresses, stretch) : undefined,
      ])
    : [undefined, [], undefined];
  const healthy = new Map(health);
  const summaries = config.machines.map(({ name, address }): MachineSummary => {
    const found = machines.find((machine) => machine.name === name) ?? { name, state: 'absent' as const };
    const base = { ...found, name, address };
    if (found.state !== 'running') return base;
    const fleet = listed === undefined ? 'unknown' : listed.includes(address) ? 'present' : 'missing';
    return { ...base, etcd: healthy.get(address) === true ? 'healthy' : 'unhealthy', fleet };
  });
  const absent = machines.filter(({ state }) => state === 'absent').map(({ name }) => name);
  return {
    lab: config.name,
    provider: provider.name,
    up,
    machines: summaries,
    // Where no machine has a disk, nothing is left of what the lab was made of.
    changes: absent.length === machines.length ? [] : configChanges(config, written, absent),
    otherMembers: (members?.members ?? [])
      .filter((member) => machineOf(member, config.machines) === undefined)
      .map((member) => nameOf(member)),
  };
}
