import { LabError } from '#errors/lab-error.ts';
import { clientPort, memberPort, peerPort, v2Port } from '#platform/etcd/ports.ts';
import { formatAddress, isHostAddress, overlap, parseAddress, parseNetwork, type Ipv4Network } from './ipv4.ts';
import type { LabToml } from './lab-toml.ts';
import type { MachineShape } from './config-rb.ts';

/** Below this Couchbase does not start: the book asks for at least 1.5 GB a machine. */
const couchbaseMinimumMb = 1536;

export interface CrossCheckInput {
  readonly shape: MachineShape;
  readonly toml: LabToml;
  /** `lab.toml:12` of a key, for messages. */
  readonly at: (section: string, key: string) => string;
  /** CPUs the host gives to this process. */
  readonly hostCpus: number;
}

/**
 * Checks what no single setting can tell: whether they fit together and the host.
 * @returns the machines' addresses, in order
 * @throws LabError config.memory, config.cpus, config.network, config.timers, config.ports
 */
export function crossCheck(input: CrossCheckInput): readonly string[] {
  checkMemory(input);
  checkCpus(input);
  checkTimers(input);
  checkPorts(input);
  return machineAddresses(input);
}

function checkMemory({ shape, toml }: CrossCheckInput): void {
  if (!toml.apps.couchbase || shape.memoryMb >= couchbaseMinimumMb) return;
  throw new LabError({
    code: 'config.memory',
    cause:
      `${shape.places.memory}: $vm_memory = ${shape.memoryMb} is too little for Couchbase, which needs ` +
      `${couchbaseMinimumMb} MB (1.5 GB) on the machine it lands on`,
    next: `Set $vm_memory = 2048 in config.rb, or couchbase = false under [apps] in lab.toml.`,
  });
}

function checkCpus({ shape, hostCpus }: CrossCheckInput): void {
  if (shape.cpus <= hostCpus) return;
  throw new LabError({
    code: 'config.cpus',
    cause: `${shape.places.cpus}: $vm_cpus = ${shape.cpus}, but this host has ${hostCpus}; a machine cannot have more`,
    next: `Set $vm_cpus = ${hostCpus} or less in config.rb.`,
  });
}

/** etcd refuses an election time below 5 heartbeats, and raises any lease to 1.5 election times (lessor's minimum TTL). */
function checkTimers({ toml: { timers }, at }: CrossCheckInput): void {
  const wrong = (key: string, why: string, next: string): LabError =>
    new LabError({ code: 'config.timers', cause: `${at('timers', key)}: ${why}`, next });
  if (timers.etcd_election < 5 * timers.etcd_heartbeat) {
    const why = `etcd_election (${timers.etcd_election} ms) must be at least 5 times etcd_heartbeat`;
    throw wrong('etcd_election', why, `Set etcd_election = "${5 * timers.etcd_heartbeat}ms" or more in lab.toml.`);
  }
  if (timers.fleet_agent_ttl % 1000 !== 0) {
    const why = 'fleet_agent_ttl must be whole seconds, because an etcd lease is';
    throw wrong('fleet_agent_ttl', why, 'Write it like "5s" in lab.toml.');
  }
  const shortestMs = Math.ceil((1.5 * timers.etcd_election) / 1000) * 1000;
  if (timers.fleet_agent_ttl < shortestMs) {
    const why = `with etcd_election = ${timers.etcd_election} ms no lease can be shorter than ${shortestMs / 1000}s`;
    throw wrong('fleet_agent_ttl', why, `Set fleet_agent_ttl = "${shortestMs / 1000}s" or more in lab.toml.`);
  }
}

/** Taken on the bridge address by DNS, the RSVP stream and etcd, or on every machine by ssh and etcd. */
const takenPorts = new Map([
  [22, 'sshd'],
  [53, 'DNS'],
  [80, 'the RSVP stream'],
  ...[clientPort, memberPort, peerPort, v2Port].map((port) => [port, 'etcd'] as const),
]);

function checkPorts({ toml: { ports }, at }: CrossCheckInput): void {
  const users = new Map(takenPorts);
  for (const [key, port] of Object.entries(ports)) {
    const user = users.get(port);
    if (user !== undefined) {
      throw new LabError({
        code: 'config.ports',
        cause: `${at('ports', key)}: port ${port} of ${key} is already used by ${user}`,
        next: `Give ${key} under [ports] in lab.toml a port of its own.`,
      });
    }
    users.set(port, key);
  }
}

function machineAddresses({ shape, toml, at }: CrossCheckInput): readonly string[] {
  const { network } = toml;
  const range = known(parseNetwork(network.range));
  const flannel = known(parseNetwork(network.flannel));
  const wrong = (key: string, why: string): LabError =>
    new LabError({
      code: 'config.network',
      cause: `${at('network', key)}: ${why}`,
      next: 'Correct [network] in lab.toml: bridge, host and all machines need addresses of their own in range.',
    });
  if (overlap(range, flannel)) {
    throw wrong('flannel', `the flannel network ${network.flannel} overlaps the machines' range ${network.range}`);
  }
  checkManagement({ toml, at }, [range, flannel]);
  const users = new Map<number, string>();
  const claim = (key: 'bridge' | 'host' | 'first_machine', value: number, user: string): void => {
    const text = formatAddress(value);
    if (!isHostAddress(range, value)) throw wrong(key, `${text} of ${user} is no host address in ${network.range}`);
    const other = users.get(value);
    if (other !== undefined) throw wrong(key, `${text} is the address of both ${other} and ${user}`);
    users.set(value, user);
  };
  claim('bridge', known(parseAddress(network.bridge)), 'the bridge');
  claim('host', known(parseAddress(network.host)), 'the host');
  const first = known(parseAddress(network.first_machine));
  return Array.from({ length: shape.count }, (_, i) => {
    claim('first_machine', first + i, `machine ${i + 1} of ${shape.count}`);
    return formatAddress(first + i);
  });
}

/** A guest's first interface must not take packets meant for the lab's other networks. */
function checkManagement({ toml, at }: Pick<CrossCheckInput, 'toml' | 'at'>, others: readonly Ipv4Network[]): void {
  const { management } = toml.vagrant;
  if (!others.some((other) => overlap(known(parseNetwork(management)), other))) return;
  throw new LabError({
    code: 'config.network',
    cause: `${at('vagrant', 'management')}: the management network ${management} overlaps range or flannel under [network]`,
    next: 'Set management under [vagrant] in lab.toml to a network of its own, for example "192.168.122.0/24".',
  });
}

/** The schema has read these texts before: a miss here is our mistake, not the reader's. */
function known<T extends Ipv4Network | number>(value: T | undefined): T {
  if (value !== undefined) return value;
  throw new LabError({
    code: 'internal.config',
    cause: 'an address passed the schema but cannot be read',
    next: 'Please report this with your lab.toml.',
  });
}
