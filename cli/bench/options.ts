import { LabError } from '#errors/lab-error.ts';
import { parseArgs } from 'node:util';

/** A benchmark: what it compares, what may follow its name, and the Debian packages of what it compares with. */
interface Bench {
  readonly what: string;
  readonly argument?: string;
  /** What that has to look like. */
  readonly isArgument?: (text: string) => boolean;
  readonly packages?: readonly string[];
}

const oneOf =
  (...words: readonly string[]) =>
  (text: string) =>
    words.includes(text);
const faults = ['halt', 'cut', 'pause', 'partition'];
const listOf = (words: readonly string[]) => (text: string) => text.split(',').every((word) => words.includes(word));

/** All of them, in the order in which they run where none is named; those that are not `onLab` run only when they are. */
export const benches = {
  'warm-up': { what: '`lab up` with warm caches, and three machines booted bare' },
  failover: {
    what: 'the four kinds of failover, in turn',
    argument: 'KIND,...',
    isArgument: listOf(faults),
  },
  probes: { what: 'what the probes cost, and how exact their times are' },
  quiet: {
    what: 'a lab in which nothing happens, and a call of etcdctl',
    argument: 'SECONDS',
    isArgument: (text) => /^[1-9]\d{0,3}$/.test(text),
  },
  providers: { what: 'containers and virtual machines (a quarter of an hour for each round)' },
  fleet: {
    what: 'many units on three fleetd; with a built CHECKOUT, those of both',
    argument: 'CHECKOUT',
    packages: ['etcd-server'],
  },
  couchbase: {
    what: 'the embedded Couchbase and memcached; or one of its other figures',
    argument: 'restart|index|sdk|start',
    isArgument: oneOf('restart', 'index', 'sdk', 'start'),
    packages: ['memcached'],
  },
  v2: {
    what: "the v2 API and etcd's own; or one part of that",
    argument: 'requests|watches|memory',
    isArgument: oneOf('requests', 'watches', 'memory'),
    packages: ['etcd-server'],
  },
} as const satisfies Readonly<Record<string, Bench>>;

/** The name of a benchmark. */
export type BenchName = keyof typeof benches;

const onLab: readonly BenchName[] = ['warm-up', 'failover', 'probes', 'quiet'];

/** What `npm run bench` is asked for. */
export interface BenchOptions {
  readonly names: readonly BenchName[];
  /** What follows the name. */
  readonly argument: string | undefined;
  readonly rounds: number;
  readonly help: boolean;
}

const mostRounds = 1000;
const flags = {
  rounds: { type: 'string', help: `of everything, 1 to ${mostRounds} (LAB_BENCH_ROUNDS, or 5)` },
  help: { type: 'boolean', short: 'h', help: 'this text' },
} as const;

/** What `npm run bench -- --help` prints. */
export const usageText = [
  'npm run bench -- [NAME [ARGUMENT]] [flags]: two things compared in one run. Without a name: the first four.',
  ...Object.entries<Bench>(benches).map(
    ([name, { what, argument = '' }]) => `  ${`${name} ${argument && `[${argument}]`}`.padEnd(36)} ${what}`,
  ),
  ...Object.entries(flags).map(([name, { help }]) => `  ${`--${name}`.padEnd(36)} ${help}`),
  'What runs on a lab makes one of its own beside yours, named bench, and destroys it at the end.',
].join('\n');

/**
 * Reads the command line. Pure.
 * @throws LabError `usage.bench`
 */
export function readOptions(argv: readonly string[], env: Readonly<Record<string, string | undefined>>): BenchOptions {
  const given = parsed(argv);
  const [name, argument, extra] = given.positionals;
  if (name !== undefined && !isBench(name)) throw refused(`there is no benchmark "${name}"`);
  const bench: Bench | undefined = name === undefined ? undefined : benches[name];
  const tooMany = bench?.argument === undefined ? argument : extra;
  if (tooMany !== undefined) throw refused(`"${tooMany}" belongs to nothing`);
  if (argument !== undefined && bench?.isArgument?.(argument) === false)
    throw refused(`${name}: "${argument}" is not ${bench.argument ?? 'known'}`);
  const { rounds, help = false } = given.values;
  return {
    names: name === undefined ? onLab : [name],
    argument,
    rounds:
      rounds === undefined
        ? roundsOf('LAB_BENCH_ROUNDS', env['LAB_BENCH_ROUNDS'] ?? '5')
        : roundsOf('--rounds', rounds),
    help,
  };
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: flags, allowPositionals: true });
  } catch (error) {
    throw refused(String(error instanceof Error ? error.message : error));
  }
}

/** Debian packages of these benchmarks, beside what a lab needs. */
export function packagesOf(names: readonly BenchName[]): string[] {
  return [...new Set(names.flatMap((name) => (benches[name] as Bench).packages ?? []))];
}

function isBench(name: string): name is BenchName {
  return Object.hasOwn(benches, name);
}

function roundsOf(from: string, text: string): number {
  const rounds = Number(text);
  if (/^\d+$/.test(text) && rounds >= 1 && rounds <= mostRounds) return rounds;
  throw refused(`${from}: "${text}" is no number from 1 to ${mostRounds}`);
}

function refused(cause: string): LabError {
  return new LabError({ code: 'usage.bench', cause, next: 'npm run bench -- --help' });
}
