import { LabError } from '#errors/lab-error.ts';
import { parseFlags, type FlagSpec } from '#platform/fleet/parts/flags.ts';

/** What `npm run simulate` is asked for. */
export interface SimulateOptions {
  /** One after the other. */
  readonly seeds: readonly number[];
  /** Was the seed drawn, because none was given? */
  readonly isFresh: boolean;
  /** Of each seed, simulated. */
  readonly hours: number;
  /** Is it a fleet with `fence=true`? */
  readonly fence: boolean;
  readonly json: boolean;
  readonly help: boolean;
}

const flags: readonly FlagSpec[] = [
  {
    name: 'seed',
    kind: 'text',
    help: 'a number from 0 on: the same one makes the same history (a fresh one, which is told)',
  },
  { name: 'seeds', kind: 'text', help: 'several, one after the other: 1..100' },
  { name: 'hours', kind: 'text', help: 'simulated, of each seed: 0.1 to 10000 (1)' },
  { name: 'fence', kind: 'switch', help: 'with fence=true: not even a machine that is cut off runs a second copy' },
  { name: 'json', kind: 'switch', help: 'the outcome as one line of JSON' },
  { name: 'help', kind: 'switch', aliases: ['h'], help: 'this text' },
];

export const usageText = [
  'npm run simulate -- [flags]',
  ...flags.map(({ name, help }) => `  --${name.padEnd(8)} ${help}`),
  'Ends with 0, or with 1 when a promise was broken.',
].join('\n');

const mostSeeds = 100_000;
const mostSeed = 2 ** 31 - 1;

/**
 * Reads the command line.
 * @param fresh a seed, for when none is given
 * @throws LabError `usage.flag`, `usage.simulate`
 */
export function readOptions(argv: readonly string[], fresh: number): SimulateOptions {
  const given = parseFlags(argv, flags, 'npm run simulate --');
  const [extra] = given.args;
  if (extra !== undefined) throw refused(`"${extra}" belongs to no flag`);
  const [seed, seeds] = [given.text('seed'), given.text('seeds')];
  if (seed !== undefined && seeds !== undefined) throw refused('--seed and --seeds exclude each other');
  return {
    seeds: seeds !== undefined ? rangeOf(seeds) : [seed === undefined ? fresh : seedOf('--seed', seed)],
    isFresh: seed === undefined && seeds === undefined,
    hours: hoursOf(given.text('hours') ?? '1'),
    fence: given.on('fence'),
    json: given.on('json'),
    help: given.on('help'),
  };
}

function rangeOf(text: string): number[] {
  const [, from, to] = /^(\d+)\.\.(\d+)$/.exec(text) ?? [];
  if (from === undefined || to === undefined) throw refused(`--seeds: "${text}" is no range; write it like 1..100`);
  const [first, last] = [seedOf('--seeds', from), seedOf('--seeds', to)];
  if (last < first) throw refused(`--seeds: ${text} ends before it begins`);
  if (last - first >= mostSeeds) throw refused(`--seeds: ${text} is more than ${mostSeeds} seeds`);
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

function seedOf(flag: string, text: string): number {
  const seed = Number(text);
  if (/^\d+$/.test(text) && seed <= mostSeed) return seed;
  throw refused(`${flag}: "${text}" is no seed; a seed is a whole number from 0 to ${mostSeed}`);
}

function hoursOf(text: string): number {
  const hours = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && hours >= 0.1 && hours <= 10_000) return hours;
  throw refused(`--hours: "${text}" is no number from 0.1 to 10000`);
}

function refused(cause: string): LabError {
  return new LabError({ code: 'usage.simulate', cause, next: 'npm run simulate -- --seeds 1..20 --hours 1' });
}
