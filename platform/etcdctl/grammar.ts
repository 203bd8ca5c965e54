import { asV3 } from './as-v3.ts';
import { globalFlags, isV3Flag, replaced, v2Commands } from './command-table.ts';
import { endpointsOf } from './endpoints.ts';
import { oneLine, readFlags, splitFlag, type Flags } from './go-flags.ts';

/**
 * What one command line of etcdctl asks for. Pure. The commands of etcdctl 2.3 are ours; everything of the v3 grammar (other
 * commands, v3-only flags of `get`, `watch` and `member`, ETCDCTL_API=3) goes to the real client untouched.
 * @param patience how many times as long as with etcdctl 2.x a request may take when the command line does not say
 */
export function readCommandLine(argv: readonly string[], env: NodeJS.ProcessEnv, patience = 1): CommandLine {
  if (env.ETCDCTL_API === '3') return { kind: 'v3', argv };
  const before = readFlags(argv, globalFlags, true);
  if ('problem' in before) {
    if (before.flag !== undefined && isV3Flag(before.flag, undefined)) return { kind: 'v3', argv };
    return { kind: 'bad', problem: before.problem, help: undefined };
  }
  if (before.flags.version === true) return { kind: 'version' };
  const [first, ...others] = before.args;
  if (first === undefined || before.flags.help === true) return { kind: 'help', command: undefined };
  if (first === 'help' || first === 'h') return helpFor(others, argv);
  const grouped = groups.has(first) && others[0] !== undefined && !others[0].startsWith('-');
  const [name, rest] = grouped ? [`${first} ${others[0]}`, others.slice(1)] : [first, others];
  const instead = replaced.get(name);
  if (instead !== undefined) return { kind: 'replaced', command: name, instead };
  if (name === 'member') return membersAlone(others);
  if (name === 'member help' || name === 'member h') return { kind: 'help', command: 'member' };
  if (!v2Commands.has(name)) return { kind: 'v3', argv: asV3(argv, before.flags, before.args) };
  return ownCommand(name, rest, { argv, flags: before.flags, env, patience });
}

export type CommandLine =
  | {
      readonly kind: 'v2';
      readonly command: string;
      readonly flags: Flags;
      readonly args: string[];
      readonly globals: Globals;
    }
  | { readonly kind: 'v3'; readonly argv: readonly string[] }
  /** command undefined: all of them. */
  | { readonly kind: 'help'; readonly command: string | undefined }
  | { readonly kind: 'version' }
  /** A command of etcdctl 2.3 that has no sense here. */
  | { readonly kind: 'replaced'; readonly command: string; readonly instead: string }
  /** What Go's flag library refuses: exit code 1, with the help of the command, or of all. */
  | { readonly kind: 'bad'; readonly problem: string; readonly help: string | undefined }
  /** Refused before any command runs: exit code 1. */
  | { readonly kind: 'refused'; readonly problem: string }
  /** `help` of what is no command: exit code 3, as with etcdctl 2.x's library. */
  | { readonly kind: 'no-topic'; readonly topic: string };

export interface Globals {
  readonly endpoints: string[];
  /** false with --no-sync; decides the exit code of a refused connection as in v2. */
  readonly sync: boolean;
  /** Show requests as cURL commands on stderr. */
  readonly debug: boolean;
  /** ms per request, and for the whole command (watches excepted). */
  readonly timeoutMs: number;
  readonly totalMs: number;
  readonly output: string;
  /** Files that --cert-file and its like name: they must be there. */
  readonly files: string[];
}

/** Commands whose second word is a command, too. */
const groups: ReadonlySet<string> = new Set(['member', 'user', 'role']);

interface Around {
  readonly argv: readonly string[];
  readonly flags: Flags;
  readonly env: NodeJS.ProcessEnv;
  readonly patience: number;
}

function ownCommand(name: string, rest: readonly string[], around: Around): CommandLine {
  const { argv, flags: given, env, patience } = around;
  const dashed = rest.slice(0, rest.includes('--') ? rest.indexOf('--') : undefined).filter((word) => /^--?\w/.test(word));
  if (dashed.some((word) => isV3Flag(splitFlag(word).given, name))) return { kind: 'v3', argv };
  const specs = { ...v2Commands.get(name)?.flags, help: { type: 'bool', short: 'h', about: 'show help' } } as const;
  const own = readFlags(rest, specs, false);
  if ('problem' in own) return { kind: 'bad', problem: own.problem, help: name };
  if (own.flags.help === true) return { kind: 'help', command: name };
  if (given['discovery-srv'] !== undefined) {
    return { kind: 'refused', problem: '--discovery-srv: the lab has no SRV records; use --endpoints URL,URL' };
  }
  const found = endpointsOf(given, env);
  if ('problem' in found) return { kind: 'refused', problem: found.problem };
  const globals: Globals = {
    endpoints: found.endpoints,
    sync: given['no-sync'] !== true,
    debug: given.debug === true,
    timeoutMs: typeof given.timeout === 'number' ? given.timeout : 2000 * patience,
    totalMs: typeof given['total-timeout'] === 'number' ? given['total-timeout'] : 5000 * patience,
    output: typeof given.output === 'string' ? given.output : 'simple',
    files: ['cert-file', 'key-file', 'ca-file'].flatMap((file) => {
      const path = given[file];
      return typeof path === 'string' && path !== '' ? [path] : [];
    }),
  };
  return { kind: 'v2', command: name, flags: own.flags, args: own.args, globals };
} // prettier-ignore

function helpFor([topic]: readonly string[], argv: readonly string[]): CommandLine {
  if (topic === undefined) return { kind: 'help', command: undefined };
  if (v2Commands.has(topic) || topic === 'member') return { kind: 'help', command: topic };
  const instead = replaced.get(topic);
  if (instead !== undefined) return { kind: 'replaced', command: topic, instead };
  return v3Topics.has(topic) ? { kind: 'v3', argv } : { kind: 'no-topic', topic: oneLine(topic) };
}

/** Commands of the v3 client (etcdctl 3.4 `help`) that no v2 command shares its name with. */
const v3Topics: ReadonlySet<string> = new Set(
  'alarm auth check compaction defrag del elect endpoint lease lock make-mirror migrate move-leader put role snapshot txn user version'.split(' '),
); // prettier-ignore

/** `member` without a subcommand. */
function membersAlone([flag]: readonly string[]): CommandLine {
  if (flag === undefined || flag === '--') return { kind: 'help', command: 'member' };
  const { given } = splitFlag(flag);
  if (given === 'h' || given === 'help') return { kind: 'help', command: 'member' };
  return { kind: 'bad', problem: oneLine(`flag provided but not defined: -${given}`), help: 'member' };
}
