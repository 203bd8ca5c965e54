import type { Flags } from './go-flags.ts';

/**
 * The command line for the v3 client when a command that both have (`user list`) stands behind global flags of etcdctl 2.x. Pure.
 * @param argv as typed: unchanged when nothing in it is of 2.x alone
 * @param before the global flags, read
 * @param rest the command and all behind it
 */
export function asV3(argv: readonly string[], before: Flags, rest: readonly string[]): readonly string[] {
  if (Object.keys(before).every((name) => inBoth.has(name))) return argv;
  const endpoints = before['endpoints'] ?? before['endpoint'] ?? before['peers'];
  const flags = Object.entries({ ...before, endpoints }).flatMap(([name, value]) => {
    const v3Name = v3Names.get(name);
    if (v3Name === undefined || value === undefined) return [];
    return [`--${v3Name}=${String(value)}${name === 'total-timeout' ? 'ms' : ''}`];
  });
  return [...flags, ...rest];
}

const inBoth: ReadonlySet<string> = new Set(['debug', 'endpoints', 'insecure-discovery']);

/** What is missing (`no-sync`, `timeout`) the v3 client has no word for. */
const v3Names: ReadonlyMap<string, string> = new Map([
  ['debug', 'debug'],
  ['endpoints', 'endpoints'],
  ['discovery-srv', 'discovery-srv'],
  ['insecure-discovery', 'insecure-discovery'],
  ['output', 'write-out'],
  ['cert-file', 'cert'],
  ['key-file', 'key'],
  ['ca-file', 'cacert'],
  ['username', 'user'],
  ['total-timeout', 'command-timeout'],
]);
