import type { HypervisorName } from './lab-config.ts';
import { asRuby, isHash, pairAsRuby, type RubyLiteral } from './ruby-value.ts';

/** A coreos-vagrant variable that is understood but has nothing to act on in this lab. */
export interface Inapplicable {
  /** The value with which it asks for nothing, so that nothing needs to be said. */
  readonly isOff: (value: RubyLiteral) => boolean;
  /** Why it does nothing, and what does the job here. */
  readonly because: string;
}

/** What runs the machines: containers, or the hypervisor of Vagrant's virtual machines. */
export type MachineRunner = 'nspawn' | HypervisorName;

/** The variables of coreos-vagrant's Vagrantfile and config.rb.sample (2013 to 2018) that have nothing to act on here. */
export function appliesElsewhere(runs: MachineRunner): ReadonlyMap<string, Inapplicable> {
  const own = { nspawn: [...notInNspawn, ...ofVirtualbox], libvirt: [...notInGuests, ...ofVirtualbox, ...screens] };
  return new Map([...nowhere, ...(runs === 'virtualbox' ? notInGuests : own[runs])]);
}

/** Variables that the Vagrantfile acts on, with the form of value it can act on. */
export const honouredByVagrantfile: ReadonlyMap<string, ValueRule> = new Map([
  [
    '$enable_serial_logging',
    { misfit: unless(isSwitch), rule: 'must be true or false', example: '$enable_serial_logging = true' },
  ],
  [
    '$expose_docker_tcp',
    { misfit: unless(isPort), rule: 'must be a port from 1 to 65535, or nil', example: '$expose_docker_tcp = 2375' },
  ],
  [
    '$forwarded_ports',
    {
      misfit: unlessPairs((pair) => pair.every((port) => portOf(port) !== undefined)),
      rule: 'must be like {8091 => 8091}: ports of a machine => ports of the host',
      example: '$forwarded_ports = {8091 => 8091}',
    },
  ],
  [
    '$shared_folders',
    {
      misfit: unlessPairs(
        ([here, there]) => typeof here === 'string' && typeof there === 'string' && /^\/./.test(there),
      ),
      rule: "must be like {'/folder/here' => '/folder/there'}",
      example: "$shared_folders = {'/srv/data' => '/data'}",
    },
  ],
]);

export interface ValueRule {
  /** What of a value cannot be; undefined when it fits. */
  readonly misfit: (value: RubyLiteral) => Misfit | undefined;
  /** As in `$name must be ...`. */
  readonly rule: string;
  readonly example: string;
}

export interface Misfit {
  /** In Ruby. */
  readonly shown: string;
  /** Absent: the whole value does not fit. */
  readonly line?: number;
}

function unless(fits: (value: RubyLiteral) => boolean): ValueRule['misfit'] {
  return (value) => (fits(value) ? undefined : { shown: asRuby(value) });
}

function unlessPairs(fits: (pair: readonly [RubyLiteral, RubyLiteral]) => boolean): ValueRule['misfit'] {
  return (value) => {
    if (value === null) return undefined;
    if (!isHash(value)) return { shown: asRuby(value) };
    const at = value.pairs.findIndex((pair) => !fits(pair));
    const [pair, line] = [value.pairs[at], value.lines[at]];
    return pair && line !== undefined ? { shown: pairAsRuby(pair), line } : undefined;
  };
}

function isFalsy(value: RubyLiteral): boolean {
  return value === false || value === null;
}

function isEmpty(value: RubyLiteral): boolean {
  return value === null || (isHash(value) && value.pairs.length === 0);
}

function isUnset(value: RubyLiteral): boolean {
  return value === null;
}

function isSwitch(value: RubyLiteral): boolean {
  return typeof value === 'boolean' || value === null;
}

function isPort(value: RubyLiteral): boolean {
  return isFalsy(value) || portOf(value) !== undefined;
}

/** A port as a number or as text, both of which Vagrant takes; undefined for anything else. */
export function portOf(value: RubyLiteral): number | undefined {
  const isText = typeof value === 'string' && /^[1-9]\d{0,4}$/.test(value);
  const port = typeof value === 'number' || isText ? Number(value) : NaN;
  return Number.isInteger(port) && port >= 1 && port <= 65_535 ? port : undefined;
}

type Entry = readonly [string, Inapplicable];

const image = 'the OS image is built from Debian, lab.toml [images] suite chooses it';
const reachable = 'every machine is reachable at its own address while the lab is up';
const noForward = `${reachable}, no port is forwarded`;
const noShare = 'no host folder is shared with a machine';
const noScreen = 'a machine has no screen, use `lab ssh`';

const nowhere: readonly Entry[] = [
  ['$update_channel', { isOff: isUnset, because: image }],
  ['$image_version', { isOff: isUnset, because: image }],
  [
    '$new_discovery_url',
    { isOff: isUnset, because: 'no discovery service is asked, the etcd members know each other' },
  ],
  ['$expose_etcd_tcp', { isOff: isFalsy, because: noForward }],
];

const ofVirtualbox: readonly Entry[] = [
  ['$vb_cpuexecutioncap', { isOff: isUnset, because: 'it belongs to VirtualBox, $vm_cpus limits a machine here' }],
];

const notInNspawn: readonly Entry[] = [
  [
    '$enable_serial_logging',
    { isOff: isFalsy, because: 'a machine has no serial console, its journal is kept instead' },
  ],
  ['$expose_docker_tcp', { isOff: isFalsy, because: noForward }],
  ['$forwarded_ports', { isOff: isEmpty, because: noForward }],
  ['$share_home', { isOff: isFalsy, because: noShare }],
  ['$shared_folders', { isOff: isEmpty, because: noShare }],
  ['$vm_gui', { isOff: isFalsy, because: noScreen }],
  ['$vb_gui', { isOff: isFalsy, because: noScreen }],
];

const noHome = "your home is not shared (it would hide the machine's own), name folders in $shared_folders";
const noGui = 'the guests have no screen, use `vagrant ssh`';

const notInGuests: readonly Entry[] = [['$share_home', { isOff: isFalsy, because: noHome }]];

const screens: readonly Entry[] = [
  ['$vm_gui', { isOff: isFalsy, because: noGui }],
  ['$vb_gui', { isOff: isFalsy, because: noGui }],
];
