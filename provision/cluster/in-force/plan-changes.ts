import { quorumOf } from '#platform/etcd/quorum-of.ts';
import type { LabConfig, MachineConfig } from '../../config/lab-config.ts';
import type { MachineStatus } from '../../machines/machine-provider.ts';
import {
  allMachines,
  type ConfigChange,
  configChanges,
  isAboutMachines,
  machineSets,
  otherNetwork,
} from './config-changes.ts';
import { listed } from './listed.ts';

/** What `lab up` makes of a configuration that was changed since the lab was made. */
export type ChangePlan =
  /** `config`: what the lab is from now on. `later`: what does not hold with it. */
  | { readonly kind: 'go'; readonly config: LabConfig; readonly later: readonly ConfigChange[] }
  | { readonly kind: 'refuse'; readonly cause: string; readonly next: string };

export interface ChangesSeen {
  /** What the lab is made of. */
  readonly inForce: LabConfig;
  readonly written: LabConfig;
  /** Of the machines in force. */
  readonly machines: readonly MachineStatus[];
  /** The machines that are to come up; undefined: all. */
  readonly names: readonly string[] | undefined;
  /** How many members etcd lists; undefined when nobody answers. */
  readonly members: number | undefined;
}

/**
 * Compares what is written with what the lab is made of, before anything is touched. A new machine joins, a new size is
 * given to those there are, one without a disk that is no longer written is left out. A machine with a disk is never thrown
 * away by it, and what all machines must agree on stays as their disks have it. Pure.
 */
export function planChanges(seen: ChangesSeen): ChangePlan {
  const { inForce, written, machines, names } = seen;
  const hasDisk = ({ name }: MachineConfig) => machines.some((one) => one.name === name && one.state !== 'absent');
  if (!inForce.machines.some(hasDisk)) return { kind: 'go', config: written, later: [] };

  const { added, dropped } = machineSets(inForce, written);
  const kept = inForce.machines.filter(({ name }) => !dropped.some((one) => one.name === name));
  const wanted = added.filter(({ name }) => names === undefined || names.length === 0 || names.includes(name));
  if (dropped.some(hasDisk)) return refuseDrop(seen, dropped.filter(hasDisk), added.length > 0);
  if (wanted.length > 0) {
    const refusal = refuseGrowth(inForce, written, wanted);
    if (refusal !== undefined) return refusal;
  }
  const whole = seen.members ?? inForce.machines.length;
  if (dropped.length > 0 && kept.filter(hasDisk).length < quorumOf(whole))
    return refuseLostQuorum(inForce, dropped, kept.filter(hasDisk).length, whole);

  const config: LabConfig = {
    ...written,
    machines: allMachines(inForce, written).filter(({ name }) => [...kept, ...wanted].some((one) => one.name === name)),
    network: inForce.network,
    ports: inForce.ports,
    fleet: inForce.fleet,
    // The registry goes on with what it serves as long as a machine runs: nothing is fetched that nobody could pull.
    images: someRun(machines) ? { ...inForce.images, suite: written.images.suite } : written.images,
    timers: {
      ...written.timers,
      fleetAgentTtlMs: inForce.timers.fleetAgentTtlMs,
      etcdHeartbeatMs: inForce.timers.etcdHeartbeatMs,
      etcdElectionMs: inForce.timers.etcdElectionMs,
    },
  };
  return { kind: 'go', config, later: changesLeft(seen) };
}

function someRun(machines: readonly MachineStatus[]): boolean {
  return machines.some(({ state }) => state !== 'absent' && state !== 'stopped');
}

/** What does not hold after this `lab up`. A machine that it boots has its new size; the services begin with the first one. */
function changesLeft({ inForce, written, machines }: ChangesSeen): ConfigChange[] {
  const running = machines.filter(({ state }) => state !== 'absent' && state !== 'stopped').map(({ name }) => name);
  const absent = machines.filter(({ state }) => state === 'absent').map(({ name }) => name);
  return configChanges(inForce, written, absent).flatMap((change) => {
    if (change.appliedBy === 'up' || isAboutMachines(change)) return [];
    if (change.appliedBy === 'destroy') return [change];
    if (change.appliedBy === 'halt') return running.length > 0 ? [change] : [];
    const still = change.machines.filter((name) => running.includes(name));
    return still.length > 0 ? [{ ...change, machines: still }] : [];
  });
}

function refuseDrop(
  { inForce, written }: ChangesSeen,
  dropped: readonly MachineConfig[],
  renamed: boolean,
): ChangePlan {
  const [names, has] = [dropped, inForce.machines].map(namesOf) as [string[], string[]];
  const cause =
    `config.rb says ${listed(namesOf(written.machines))}, and this lab has ${listed(has)}: ` +
    `what ${listed(names)} ${names.length === 1 ? 'has' : 'have'} on disk is not thrown away by lab up`;
  const back = renamed
    ? `set $instance_name_prefix = "${prefixOf(has)}" in config.rb again`
    : `set $num_instances = ${has.length} in config.rb again`;
  const left = inForce.machines.length - dropped.length;
  // etcd can let members go only while a quorum of all is left; Vagrant destroys what config.rb names.
  const mayGo = written.provider === 'nspawn' && !renamed && left >= quorumOf(inForce.machines.length);
  const some = mayGo ? `, or lab destroy ${names.join(' ')} && lab up` : '';
  return { kind: 'refuse', cause, next: `${back}${some}, or make the lab anew: lab destroy && lab up` };
}

function refuseGrowth(
  inForce: LabConfig,
  written: LabConfig,
  wanted: readonly MachineConfig[],
): Extract<ChangePlan, { kind: 'refuse' }> | undefined {
  const names = listed(namesOf(wanted));
  const anew = 'make the lab anew: lab destroy && lab up';
  if (otherNetwork(inForce, written)) {
    return {
      kind: 'refuse',
      cause: `${names} would be in ${written.network.cidr} with other addresses than this lab's, which is in ${inForce.network.cidr}`,
      next: `set [network] back in lab.toml, or ${anew}`,
    };
  }
  const { length } = inForce.machines;
  // A member counts from when it is added, and votes from when it has booted (etcd documentation, "Runtime reconfiguration").
  if (length >= quorumOf(length + 1)) return undefined;
  return {
    kind: 'refuse',
    cause: `${names} cannot join ${listed(namesOf(inForce.machines))}: until the second of two etcd members has booted, etcd would have no quorum`,
    next: `set $num_instances = ${length} in config.rb again, or ${anew}`,
  };
}

function refuseLostQuorum(
  inForce: LabConfig,
  dropped: readonly MachineConfig[],
  disks: number,
  members: number,
): ChangePlan {
  return {
    kind: 'refuse',
    cause:
      `etcd cannot let ${listed(namesOf(dropped))} go: of its ${members} members ${disks} ` +
      `${disks === 1 ? 'has a disk' : 'have disks'}, and a quorum is ${quorumOf(members)}`,
    next: `set $num_instances = ${inForce.machines.length} in config.rb again, or make the lab anew: lab destroy && lab up`,
  };
}

function prefixOf(names: readonly string[]): string {
  return (names[0] ?? '').replace(/-\d+$/, '');
}

function namesOf(machines: readonly MachineConfig[]): string[] {
  return machines.map(({ name }) => name);
}
