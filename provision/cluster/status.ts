import type { MachineState } from '../machines/machine-provider.ts';
import { etcdMemberHealthy, fleetMachines } from './conditions.ts';
import type { Lab } from './lab.ts';

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
export async function labStatus(lab: Lab): Promise<LabStatus> {
  const provider = lab.provider();
  const { ports, stretch } = lab.config;
  const { up, machines } = await provider.status();
  const running = machines.filter(({ state }) => state === 'running').map(({ name }) => name);
  const addresses = running.length === 0 ? [] : lab.machines(running).map(({ address }) => address);
  const [listed, health] = up
    ? await Promise.all([
        addresses.length > 0 ? fleetMachines(addresses, ports.fleetApi, stretch) : undefined,
        Promise.all(addresses.map(async (address) => [address, await etcdMemberHealthy(address, stretch)] as const)),
      ])
    : [undefined, []];
  const healthy = new Map(health);
  const summaries = lab.config.machines.map(({ name, address }): MachineSummary => {
    const found = machines.find((machine) => machine.name === name) ?? { name, state: 'absent' as const };
    const base = { ...found, name, address };
    if (found.state !== 'running') return base;
    const fleet = listed === undefined ? 'unknown' : listed.includes(address) ? 'present' : 'missing';
    return { ...base, etcd: healthy.get(address) === true ? 'healthy' : 'unhealthy', fleet };
  });
  return { lab: lab.config.name, provider: provider.name, up, machines: summaries };
}
