import { isDeepStrictEqual } from 'node:util';
import { sourceText } from '../../config/image-settings.ts';
import type { LabConfig, MachineConfig } from '../../config/lab-config.ts';
import { listed } from './listed.ts';
import { settingsKept } from './machine-settings.ts';

/**
 * What makes a changed setting hold: `up` applies it at once; `reboot` of each machine; `halt` of all, with which the lab's
 * services end; `destroy` of the whole lab, because all machines must agree on it.
 */
export type AppliedBy = 'up' | 'reboot' | 'halt' | 'destroy';

/** One setting that config.rb or lab.toml has by now and the lab has not. */
export interface ConfigChange {
  /** As it is written there: `$vm_memory`, `[timers] etcd_election`. */
  readonly key: string;
  readonly written: string;
  /** What the lab has. */
  readonly inForce: string;
  readonly appliedBy: AppliedBy;
  /** The machines that it is about; empty where it is the lab as a whole. */
  readonly machines: readonly string[];
}

interface Setting {
  readonly key: string;
  readonly of: (config: LabConfig) => string | number;
  readonly appliedBy: AppliedBy;
}

/** Of lab.toml. What only waits and builds go by (deadlines, apps, directories) holds with the next command. */
const settings: readonly Setting[] = [
  { key: '[network] range', of: ({ network }) => network.cidr, appliedBy: 'destroy' },
  { key: '[network] bridge', of: ({ network }) => network.bridgeAddress, appliedBy: 'destroy' },
  { key: '[network] first_machine', of: firstAddress, appliedBy: 'destroy' },
  { key: '[network] host', of: ({ network }) => network.hostAddress, appliedBy: 'destroy' },
  { key: '[network] flannel', of: ({ network }) => network.flannelCidr, appliedBy: 'destroy' },
  { key: '[network] flannel_backend', of: ({ network }) => network.flannelBackend, appliedBy: 'destroy' },
  { key: '[timers] fleet_agent_ttl', of: ({ timers }) => `${timers.fleetAgentTtlMs} ms`, appliedBy: 'destroy' },
  { key: '[timers] etcd_heartbeat', of: ({ timers }) => `${timers.etcdHeartbeatMs} ms`, appliedBy: 'destroy' },
  { key: '[timers] etcd_election', of: ({ timers }) => `${timers.etcdElectionMs} ms`, appliedBy: 'destroy' },
  { key: '[ports] registry', of: ({ ports }) => ports.registry, appliedBy: 'destroy' },
  { key: '[ports] artifacts', of: ({ ports }) => ports.artifacts, appliedBy: 'destroy' },
  { key: '[ports] fleet_api', of: ({ ports }) => ports.fleetApi, appliedBy: 'destroy' },
  { key: '[fleet] fence', of: ({ fleet }) => String(fleet.fence), appliedBy: 'destroy' },
  { key: '[fleet] auth', of: ({ fleet }) => fleet.auth, appliedBy: 'destroy' },
  { key: '[images] source', of: ({ images }) => sourceText(images), appliedBy: 'halt' },
  { key: '[images] remoteurl', of: ({ images }) => images.remoteUrl ?? 'none', appliedBy: 'halt' },
  { key: '[rsvp] rate', of: ({ rsvp }) => rsvp.rate, appliedBy: 'halt' },
  { key: '[rsvp] seed', of: ({ rsvp }) => rsvp.seed, appliedBy: 'halt' },
];

/**
 * What is written and does not hold in the lab yet, machines first. Pure.
 * @param absent names of its machines that have no disk: `lab up` leaves those out that are not written, and makes the others as it is written
 */
export function configChanges(inForce: LabConfig, written: LabConfig, absent: readonly string[]): ConfigChange[] {
  const plain = settings
    .filter(({ of }) => of(inForce) !== of(written))
    .map(({ key, of, appliedBy }): ConfigChange => ({
      key,
      written: String(of(written)),
      inForce: String(of(inForce)),
      appliedBy,
      machines: [],
    }));
  const there = inForce.machines.filter(({ name }) => !absent.includes(name));
  const kept = settingsKept(there, written).map(({ key, taken, written: now, has, machines }): ConfigChange => ({
    key,
    written: now,
    inForce: listed(has),
    appliedBy: taken === 'made' ? 'destroy' : 'reboot',
    machines,
  }));
  return [...machineSetChange(inForce, written, absent), ...sizeChanges(inForce, written), ...kept, ...plain];
}

/** Machines that only one of both knows. Pure. */
export function machineSets(
  inForce: LabConfig,
  written: LabConfig,
): { added: MachineConfig[]; dropped: MachineConfig[] } {
  const without = (some: readonly MachineConfig[], others: readonly MachineConfig[]) =>
    some.filter(({ name }) => !others.some((other) => other.name === name));
  return {
    added: without(written.machines, inForce.machines),
    dropped: without(inForce.machines, written.machines),
  };
}

/** The machines of the lab, at their addresses and with the sizes that are written, and behind them those that are new. Pure. */
export function allMachines(inForce: LabConfig, written: LabConfig): MachineConfig[] {
  const sized = inForce.machines.map((machine): MachineConfig => {
    const { memoryBytes, cpus } = written.machines.find(({ name }) => name === machine.name) ?? machine;
    return { ...machine, memoryBytes, cpus };
  });
  return [...sized, ...machineSets(inForce, written).added];
}

function machineSetChange(inForce: LabConfig, written: LabConfig, absent: readonly string[]): ConfigChange[] {
  const { added, dropped } = machineSets(inForce, written);
  if (added.length === 0 && dropped.length === 0) return [];
  return [
    {
      key: added.length > 0 && dropped.length > 0 ? '$instance_name_prefix' : '$num_instances',
      written: listed(namesOf(written.machines)),
      inForce: listed(namesOf(inForce.machines)),
      appliedBy: dropped.every(({ name }) => absent.includes(name)) ? 'up' : 'destroy',
      machines: namesOf([...dropped, ...added]),
    },
  ];
}

function sizeChanges(inForce: LabConfig, written: LabConfig): ConfigChange[] {
  const sizes = [
    { key: '$vm_memory', of: (machine: MachineConfig) => machine.memoryBytes / 1024 ** 2 },
    { key: '$vm_cpus', of: (machine: MachineConfig) => machine.cpus },
  ];
  return sizes.flatMap(({ key, of }) => {
    const differ = inForce.machines.flatMap((machine) => {
      const wanted = written.machines.find(({ name }) => name === machine.name);
      return wanted === undefined || of(wanted) === of(machine) ? [] : [{ machine, wanted }];
    });
    const [first] = differ;
    if (first === undefined) return [];
    const has = [...new Set(differ.map(({ machine }) => of(machine)))];
    const change: ConfigChange = {
      key,
      written: String(of(first.wanted)),
      inForce: listed(has.map(String)),
      // Vagrant gives a guest its size when it boots it.
      appliedBy: written.provider === 'vagrant' ? 'reboot' : 'up',
      machines: differ.map(({ machine }) => machine.name),
    };
    return [change];
  });
}

/** What `lab up` gives to machines that there are, at once: sizes. Pure. */
export function sizesApplied(inForce: LabConfig, becomes: LabConfig): ConfigChange[] {
  return sizeChanges(inForce, becomes).filter(({ appliedBy }) => appliedBy === 'up');
}

/** Which machines there are, not how they are. Pure. */
export function isAboutMachines({ key }: ConfigChange): boolean {
  return key === '$num_instances' || key === '$instance_name_prefix';
}

/** True where machines that are added could not be reached by those that run. Pure. */
export function otherNetwork(inForce: LabConfig, written: LabConfig): boolean {
  return !isDeepStrictEqual(addresses(inForce), addresses(written));
}

function addresses(config: LabConfig) {
  const { cidr, bridgeAddress, hostAddress, flannelCidr } = config.network;
  return [cidr, bridgeAddress, hostAddress, flannelCidr, firstAddress(config)];
}

function firstAddress({ machines }: LabConfig): string {
  return machines.find(({ index }) => index === 1)?.address ?? 'none';
}

function namesOf(machines: readonly MachineConfig[]): string[] {
  return machines.map(({ name }) => name);
}
