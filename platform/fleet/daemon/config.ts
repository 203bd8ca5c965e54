import { readFileSync } from 'node:fs';
import { hostname, networkInterfaces } from 'node:os';
import { type CodeOf, LabError } from '../../../errors/lab-error.ts';
import { parseFlags, type FlagSpec } from '../flags.ts';
import { defaultKeyPrefix } from '../registry/keys.ts';

export interface FleetdConfig {
  etcdServers: string[];
  keyPrefix: string;
  machineId: string;
  hostname: string;
  publicIp: string;
  metadata: Record<string, string>;
  /** Seconds, whole, at least 1: how long a machine that says nothing counts as present. */
  agentTtl: number;
  unitsDirectory: string;
  /** `unix:///path` or `host:port`. */
  listen: string[];
  /** `memory` is a simulated systemd, for tests only. */
  systemd: 'systemctl' | 'memory';
  /** Milliseconds between looks at systemd when no event says that something changed. */
  resyncMs: number;
  /** How long it waits for its units to stop when the machine goes down, ms; then it leaves all the same. */
  shutdownWaitMs: number;
}

const flag = (name: string, help: string): FlagSpec => ({ name, kind: 'text', help });
export const fleetdFlags: readonly FlagSpec[] = [
  flag('etcd-servers', 'etcd client URLs, comma separated (http://127.0.0.1:2379)'),
  flag('etcd-key-prefix', `where fleet keeps its keys (${defaultKeyPrefix})`),
  flag('public-ip', 'address other machines reach this one at (first address that is not loopback)'),
  flag('metadata', 'what MachineMetadata= matches: key=value,key=value'),
  flag('agent-ttl', 'how long a silent machine counts as present (5s)'),
  flag('units-directory', 'where unit files are put (/run/fleet/units)'),
  flag('listen', 'API addresses, comma separated (unix:///run/fleet.sock,0.0.0.0:49153)'),
  flag('machine-id', 'identity of this machine (content of /etc/machine-id)'),
  flag('hostname', 'name of this machine in reasons and logs'),
  flag('systemd', 'systemctl, or memory: a simulated systemd for tests'),
  flag('resync', 'look at systemd this often without an event (3s)'),
  flag('shutdown-wait', 'when the machine goes down, wait this long for its units to stop (6s)'),
  { name: 'help', kind: 'switch', aliases: ['h'], help: 'this text' },
];

/**
 * Flags win over FLEET_* of the environment (`--agent-ttl` is FLEET_AGENT_TTL), which wins over the defaults.
 * @throws LabError `usage.*` or `config.*`
 */
export function readConfig(argv: readonly string[], env: NodeJS.ProcessEnv): FleetdConfig {
  const flags = parseFlags(argv, fleetdFlags, 'fleetd');
  const get = (name: string, fallback: string): string =>
    flags.text(name) ?? env[`FLEET_${name.toUpperCase().replaceAll('-', '_')}`] ?? fallback;
  const list = (text: string): string[] =>
    text
      .split(',')
      .map((s) => s.trim())
      .filter((s) => s !== '');
  if (flags.args[0] !== undefined)
    throw bad('usage.argument', `fleetd takes no argument "${flags.args[0]}"`, 'fleetd --help');
  const systemd = get('systemd', 'systemctl');
  if (systemd !== 'systemctl' && systemd !== 'memory')
    throw bad('config.systemd', `systemd is "${systemd}"`, 'use systemctl');
  const prefix = get('etcd-key-prefix', defaultKeyPrefix);
  return {
    etcdServers: list(get('etcd-servers', 'http://127.0.0.1:2379')),
    keyPrefix: prefix.endsWith('/') ? prefix : `${prefix}/`,
    machineId: machineId(get('machine-id', '')),
    hostname: get('hostname', hostname()),
    publicIp: get('public-ip', '') || firstAddress(),
    metadata: Object.fromEntries(list(get('metadata', '')).map(pair)),
    agentTtl: Math.max(1, Math.ceil(durationMs('agent-ttl', get('agent-ttl', '5s')) / 1000)),
    unitsDirectory: get('units-directory', '/run/fleet/units'),
    listen: list(get('listen', 'unix:///run/fleet.sock,0.0.0.0:49153')),
    systemd,
    resyncMs: durationMs('resync', get('resync', '3s')),
    // Of the 20 s that systemd gives fleetd itself to stop.
    shutdownWaitMs: durationMs('shutdown-wait', get('shutdown-wait', '6s')),
  };
}

const msOf: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
]);

/** `5s`, `500ms`, `2m`, or a number of seconds -> milliseconds. */
export function durationMs(name: string, text: string): number {
  const { number, unit = 's' } = /^(?<number>\d+(?:\.\d+)?)(?<unit>ms|s|m|h)?$/.exec(text)?.groups ?? {};
  const ms = Number(number) * (msOf.get(unit) ?? NaN);
  if (ms > 0) return ms;
  throw bad('config.duration', `${name}: "${text}" is no duration`, 'write it as 5s, 500ms or 1m');
}

function pair(text: string): [string, string] {
  const [key, value, ...more] = text.split('=');
  if (key && value !== undefined && more.length === 0 && /^[A-Za-z0-9_.-]+$/.test(key)) return [key, value];
  throw bad('config.metadata', `metadata "${text}" is not key=value`, 'write it as key=value,key=value');
}

function machineId(given: string): string {
  const id = given || readMachineId() || '';
  if (/^[0-9A-Za-z_.-]+$/.test(id)) return id;
  throw bad(
    'config.machine-id',
    'this machine has no id: /etc/machine-id is missing or empty',
    'systemd-machine-id-setup',
  );
}

/** Content of /etc/machine-id, undefined when there is none. */
export function readMachineId(): string | undefined {
  try {
    return readFileSync('/etc/machine-id', 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}

function firstAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return all.find((a) => a.family === 'IPv4' && !a.internal)?.address ?? '';
}

function bad(code: CodeOf<'usage' | 'config'>, cause: string, next: string): LabError {
  return new LabError({ code, cause, next });
}
