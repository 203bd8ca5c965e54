import type { MachineState } from '../machines/machine-provider.ts';
import { machinesNamed } from '../config/machine-named.ts';
import { etcdMemberHealthy, fleetMachines } from './conditions.ts';
import type { LabParts } from './lab-parts.ts';

/** What `lab status` shows. `etcd` and `fleet` are undefined when the machine does not run. */
export interface LabStatus {
  readonly lab: string;
  readonly provider: string;
  readonly up: boolean;
  readonly machines: readonly MachineSummary[];
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

/** Asks the provider, then each running machine. Probes no address while the lab's link to the host is gone. */
export async function labStatus({ config, provider }: Pick<LabParts, 'config' | 'provider'>): Promise<LabStatus> {
  const { ports, stretch } = config;
  const { up, machines } = await provider.status();
  const running = machines.filter(({ state }) => state === 'running').map(({ name }) => name);
  const addresses = running.length === 0 ? [] : machinesNamed(config, running).map(({ address }) => address);
  const [listed, health] = up
    ? await Promise.all([
        addresses.length > 0 ? fleetMachines(addresses, ports.fleetApi, stretch) : undefined,
        Promise.all(addresses.map(async (address) => [address, await etcdMemberHealthy(address, stretch)] as const)),
      ])
    : [undefined, []];
  const healthy = new Map(health);
  const summaries = config.machines.map(({ name, address }): MachineSummary => {
    const found = machines.find((machine) => machine.name === name) ?? { name, state: 'absent' as const };
    const base = { ...found, name, address };
    if (found.state !== 'running') return base;
    const fleet = listed === undefined ? 'unknown' : listed.includes(address) ? 'present' : 'missing';
    return { ...base, etcd: healthy.get(address) === true ? 'healthy' : 'unhealthy', fleet };
  });
  return { lab: config.name, provider: provider.name, up, machines: summaries };
}
