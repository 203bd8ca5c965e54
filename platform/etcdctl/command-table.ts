import { ownMachine } from '../etcd/ports.ts';
import type { FlagSpec, FlagSpecs } from './go-flags.ts';

export interface CommandSpec {
  /** What it does, for the help. */
  readonly about: string;
  /** Its arguments, for the help. */
  readonly usage: string;
  readonly flags: FlagSpecs;
}

const flag = (type: FlagSpec['type'], about: string, short?: string): FlagSpec =>
  short === undefined ? { type, about } : { type, about, short };

const ttl: FlagSpecs = { ttl: flag('int', 'key time-to-live in seconds; 0 and none are for good') };
const recursive: FlagSpecs = { recursive: flag('bool', 'all below the key, too', 'r') };
const reading: FlagSpecs = {
  sort: flag('bool', 'sorted; without it, too'),
  quorum: flag('bool', 'ask the quorum; without it, too', 'q'),
};
const afterIndex: FlagSpecs = { 'after-index': flag('int', 'changes after this index; 0: from now on') };
const swapping: FlagSpecs = {
  'swap-with-value': flag('text', 'only when the key has this value'),
  'swap-with-index': flag('int', 'only when the key has this modified index'),
};
const removing: FlagSpecs = {
  dir: flag('bool', 'an empty directory, too'),
  ...recursive,
  'with-value': flag('text', 'only when the key has this value'),
  'with-index': flag('int', 'only when the key has this modified index'),
};
const spec = (about: string, usage: string, flags: FlagSpecs = {}): CommandSpec => ({ about, usage, flags });

/** Commands and flags of etcdctl 2.x ("etcdctl command line client", READMEv2 of etcd 3.4) that are ours, by their words. */
export const v2Commands: ReadonlyMap<string, CommandSpec> = new Map([
  [
    'cluster-health',
    spec('check the health of the etcd cluster', ' ', { forever: flag('bool', 'again every 10 s until CTRL+C', 'f') }),
  ],
  [
    'mk',
    spec('make a new key with a given value', '<key> <value>', {
      ...ttl,
      'in-order': flag('bool', 'a key below <key>, named by its index'),
    }),
  ],
  ['mkdir', spec('make a new directory', '<key>', ttl)],
  ['rm', spec('remove a key or a directory', '<key>', removing)],
  ['rmdir', spec('removes the key if it is an empty directory or a key-value pair', '<key>')],
  ['get', spec('retrieve the value of a key', '<key>', reading)],
  ['ls', spec('retrieve a directory', '[key]', { ...reading, ...recursive, p: flag('bool', 'a slash behind directories') })],
  ['set', spec('set the value of a key', '<key> <value>', { ...ttl, ...swapping })],
  ['setdir', spec('create a new directory', '<key>', ttl)],
  ['update', spec('update an existing key with a given value', '<key> <value>', ttl)],
  ['updatedir', spec('update an existing directory', '<key>', ttl)],
  [
    'watch',
    spec('watch a key for changes', '<key>', {
      forever: flag('bool', 'every change until CTRL+C', 'f'),
      ...afterIndex,
      ...recursive,
    }),
  ],
  [
    'exec-watch',
    spec('watch a key for changes and exec an executable', '<key> -- <command> [args...]', { ...afterIndex, ...recursive }),
  ],
  ['member list', spec('enumerate existing cluster members', ' ')],
  ['member add', spec('add a new member to the etcd cluster', '<name> <peerURL>')],
  ['member remove', spec('remove an existing member from the etcd cluster', '<memberID>')],
  ['member update', spec('update an existing member in the etcd cluster', '<memberID> <peerURLs>')],
]); // prettier-ignore

/** Commands of etcdctl 2.x that the v3 store has no use for, and what to type instead. */
export const replaced: ReadonlyMap<string, string> = new Map([
  ['backup', 'etcdctl snapshot save FILE'],
  ['import', 'etcdctl snapshot restore FILE --data-dir DIRECTORY'],
  ['user remove', 'etcdctl user delete USER'],
  ['user grant', 'etcdctl user grant-role USER ROLE'],
  ['user revoke', 'etcdctl user revoke-role USER ROLE'],
  ['role remove', 'etcdctl role delete ROLE'],
  ['role grant', 'etcdctl role grant-permission ROLE read|write|readwrite KEY [--prefix]'],
  ['role revoke', 'etcdctl role revoke-permission ROLE KEY [--prefix]'],
]);

export const globalFlags: FlagSpecs = {
  debug: flag('bool', 'print cURL commands of the requests that change or read keys'),
  'no-sync': flag('bool', 'accepted; members are never asked for other addresses'),
  output: flag('text', 'simple, extended or json (default: simple)', 'o'),
  'discovery-srv': flag('text', 'refused: the lab has no SRV records', 'D'),
  'insecure-discovery': flag('bool', 'accepted'),
  peers: flag('text', 'the same as --endpoints', 'C'),
  endpoint: flag('text', 'the same as --endpoints'),
  endpoints: flag('text', `comma-delimited addresses (default: ${ownMachine})`),
  'cert-file': flag('text', 'must exist; TLS is for the v3 client'),
  'key-file': flag('text', 'must exist; TLS is for the v3 client'),
  'ca-file': flag('text', 'must exist; TLS is for the v3 client'),
  username: flag('text', 'accepted; users are for the v3 client', 'u'),
  timeout: flag('duration', 'per request (default: 2s)'),
  'total-timeout': flag('duration', 'for the whole command, watches excepted (default: 5s)'),
  help: flag('bool', 'show help', 'h'),
  version: flag('bool', 'print the version', 'v'),
};

/** Flags that only the v3 commands of these names know: whoever types one means v3. */
export function isV3Flag(name: string, command: string | undefined): boolean {
  if (command === undefined) return v3GlobalFlags.has(name);
  const own = command.startsWith('member ') ? v3MemberFlags : command === 'get' || command === 'watch' ? v3KeyFlags : none;
  return own.has(name) || name === 'w' || name === 'write-out';
} // prettier-ignore

const words = (line: string): ReadonlySet<string> => new Set(line.split(' '));
const none: ReadonlySet<string> = new Set();
const v3KeyFlags = words(
  'prefix from-key rev keys-only print-value-only limit order sort-by count-only hex consistency prev-kv i interactive progress-notify',
);
const v3MemberFlags = words('peer-urls learner hex');
const v3GlobalFlags = words(
  'cacert cert key command-timeout dial-timeout discovery-srv-name hex insecure-skip-tls-verify insecure-transport keepalive-time keepalive-timeout password user w write-out',
);
