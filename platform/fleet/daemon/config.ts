import { readFileSync } from 'node:fs';
import { hostname, networkInterfaces } from 'node:os';
import { type CodeOf, LabError } from '#errors/lab-error.ts';
import { parseFlags, type FlagSpec } from '../parts/flags.ts';
import { defaultKeyPrefix } from '../../etcd/keys/fleet-keys.ts';
import { ownMachine } from '../../etcd/ports.ts';
import type { AuthFiles } from '../api/guard.ts';
import { defaultPageSize } from '../api/pagination.ts';
import { defaultApiPort } from '../client/endpoint.ts';
import { type ConfFile, defaultConfFile, readSettings } from './settings.ts';

export interface FleetdConfig {
  readonly etcdServers: string[];
  readonly keyPrefix: string;
  readonly machineId: string;
  readonly hostname: string;
  readonly publicIp: string;
  readonly metadata: Record<string, string>;
  /** Seconds, whole, at least 1: how long a machine that says nothing counts as present. */
  readonly agentTtl: number;
  readonly unitsDirectory: string;
  /** `unix:///path` or `host:port`. */
  readonly listen: string[];
  /** `memory` is a simulated systemd, for tests only. */
  readonly systemd: 'systemctl' | 'memory';
  /** Milliseconds between looks at systemd when no event says that something changed. */
  readonly resyncMs: number;
  /** How long it waits for its units to stop when the machine goes down, ms; then it leaves all the same. */
  readonly shutdownWaitMs: number;
  /** It never stands for leader. */
  readonly disableEngine: boolean;
  /** Entries on one page of the API, 1 to 65535. */
  readonly tokenLimit: number;
  /** How long one etcd member may take for an answer, ms; undefined: as the TTL asks (`etcdTimeoutMs`). */
  readonly etcdRequestTimeoutMs: number | undefined;
  /** Units stop where etcd is out of reach for a TTL, and others wait for that before they start them. */
  readonly fence: boolean;
  /** Who may use the API by TCP. */
  readonly auth: AuthFiles;
}

const defaultListen = `unix:///run/fleet.sock,0.0.0.0:${defaultApiPort}`;
const flag = (name: string, help: string): FlagSpec => ({ name, kind: 'text', help });
export const fleetdFlags: readonly FlagSpec[] = [
  flag('etcd-servers', `etcd client URLs, comma separated (${ownMachine})`),
  flag('etcd-key-prefix', `where fleet keeps its keys (${defaultKeyPrefix})`),
  flag('public-ip', 'address other machines reach this one at (first address that is not loopback)'),
  flag('metadata', 'what MachineMetadata= matches: key=value,key=value'),
  flag('agent-ttl', 'how long a silent machine counts as present (5s)'),
  flag('units-directory', 'where unit files are put (/run/fleet/units)'),
  flag('listen', `API addresses, comma separated (${defaultListen})`),
  flag('machine-id', 'identity of this machine (content of /etc/machine-id)'),
  flag('hostname', 'name of this machine in reasons and logs'),
  flag('systemd', 'systemctl, or memory: a simulated systemd for tests'),
  flag('resync', 'look at systemd this often without an event (3s)'),
  flag('shutdown-wait', 'when the machine goes down, wait this long for its units to stop (6s)'),
  flag('disable-engine', 'true: this machine never leads, it only runs units (false)'),
  flag('fence', 'true, on all machines: units stop where etcd is out of reach, before others start them (false)'),
  flag('token-limit', `entries on one page of the API (${defaultPageSize})`),
  flag('etcd-request-timeout', 'seconds that one etcd member may take for an answer (by --agent-ttl)'),
  flag('auth-token-file', 'the API by TCP wants the secret in this file as a bearer token'),
  flag('tls-cert-file', 'the API by TCP speaks TLS, with this certificate (PEM)'),
  flag('tls-key-file', 'its key'),
  flag('tls-client-ca-file', 'and wants a certificate of the client by this authority'),
  flag('config', `file with these as key=value, names with _ for - (${defaultConfFile}, where it is there)`),
  { name: 'help', kind: 'switch', aliases: ['h'], help: 'this text' },
];

/** What only a flag can say. */
const flagsOnly = ['config', 'help'];
const configurable = fleetdFlags.map(({ name }) => name).filter((name) => !flagsOnly.includes(name));

/**
 * Flags win over FLEET_* of the environment (`--agent-ttl` is FLEET_AGENT_TTL), which win over fleet.conf (`agent_ttl`), which wins
 * over the defaults.
 * @param readFile undefined for a file that is not there
 * @returns also a sentence for each option of the original that does nothing here
 * @throws LabError `usage.*` or `config.*`
 */
export function readConfig(
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
  readFile: (path: string) => string | undefined,
): { config: FleetdConfig; notices: readonly string[] } {
  const flags = parseFlags(argv, fleetdFlags, 'fleetd');
  const settings = readSettings(configurable, env, confFile(flags.text('config'), readFile));
  const get = (name: string, fallback: string): string => flags.text(name) ?? settings.values.get(name) ?? fallback;
  const list = (text: string): string[] =>
    text
      // fleet.conf.sample writes lists as ["a", "b"].
      .replace(/^\[(.*)\]$/, '$1')
      .split(',')
      .map((s) => s.trim().replace(/^"(.*)"$/, '$1'))
      .filter((s) => s !== '');
  if (flags.args[0] !== undefined)
    throw bad('usage.argument', `fleetd takes no argument "${flags.args[0]}"`, 'fleetd --help');
  const systemd = get('systemd', 'systemctl');
  if (systemd !== 'systemctl' && systemd !== 'memory')
    throw bad('config.systemd', `systemd is "${systemd}"`, 'use systemctl');
  const prefix = get('etcd-key-prefix', defaultKeyPrefix);
  const config: FleetdConfig = {
    etcdServers: list(get('etcd-servers', ownMachine)),
    keyPrefix: prefix.endsWith('/') ? prefix : `${prefix}/`,
    machineId: machineId(get('machine-id', '')),
    hostname: get('hostname', hostname()),
    publicIp: get('public-ip', '') || firstAddress(),
    metadata: Object.fromEntries(list(get('metadata', '')).map(pair)),
    agentTtl: Math.max(1, Math.ceil(durationMs('agent-ttl', get('agent-ttl', '5s')) / 1000)),
    unitsDirectory: get('units-directory', '/run/fleet/units'),
    listen: list(get('listen', defaultListen)),
    systemd,
    resyncMs: durationMs('resync', get('resync', '3s')),
    // Of the 20 s that systemd gives fleetd itself to stop.
    shutdownWaitMs: durationMs('shutdown-wait', get('shutdown-wait', '6s')),
    disableEngine: isTrue('disable-engine', get('disable-engine', 'false')),
    fence: isTrue('fence', get('fence', 'false')),
    tokenLimit: wholeNumber('token-limit', get('token-limit', String(defaultPageSize)), 65_535),
    etcdRequestTimeoutMs: get('etcd-request-timeout', '')
      ? durationMs('etcd-request-timeout', get('etcd-request-timeout', ''))
      : undefined,
    auth: {
      token: get('auth-token-file', '') || undefined,
      certificate: get('tls-cert-file', '') || undefined,
      key: get('tls-key-file', '') || undefined,
      clientAuthority: get('tls-client-ca-file', '') || undefined,
    },
  };
  return { config, notices: settings.notices };
}

function confFile(named: string | undefined, readFile: (path: string) => string | undefined): ConfFile | undefined {
  const name = named ?? defaultConfFile;
  const text = readFile(name);
  if (text !== undefined) return { name, text };
  if (named !== undefined)
    throw bad('config.fleet-conf', `there is no file ${named}`, 'correct --config, or leave it out');
  return undefined;
}

const msOf: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
]);

/** `5s`, `500ms`, `2m`, or a number of seconds -> milliseconds. */
function durationMs(name: string, text: string): number {
  const { number, unit = 's' } = /^(?<number>\d+(?:\.\d+)?)(?<unit>ms|s|m|h)?$/.exec(text)?.groups ?? {};
  const ms = Number(number) * (msOf.get(unit) ?? NaN);
  if (ms > 0) return ms;
  throw bad('config.duration', `${name}: "${text}" is no duration`, 'write it as 5s, 500ms or 1m');
}

/** As Go's strconv.ParseBool, and in words. */
function isTrue(name: string, text: string): boolean {
  if (/^(true|1|t|yes)$/i.test(text)) return true;
  if (/^(false|0|f|no|)$/i.test(text)) return false;
  throw bad('config.switch', `${name}: "${text}" is neither true nor false`, `write ${name} as true or false`);
}

function wholeNumber(name: string, text: string, most: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= 1 && number <= most) return number;
  throw bad('config.number', `${name}: "${text}" is no whole number from 1 to ${most}`, `correct ${name}`);
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
