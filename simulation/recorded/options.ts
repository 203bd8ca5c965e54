import { LabError } from '#errors/lab-error.ts';
import { parseFlags, type FlagSpec } from '#platform/fleet/parts/flags.ts';

/** What `npm run judge` is asked for. */
export interface JudgeOptions {
  readonly seed: number;
  readonly faults: number;
  /** Of a fault that lasts, s; undefined: four times fleet’s TTL. */
  readonly longestSeconds: number | undefined;
  /** A recorded history, to be judged again without a lab. */
  readonly history: string | undefined;
  readonly json: boolean;
  readonly help: boolean;
}

const flags: readonly FlagSpec[] = [
  {
    name: 'seed',
    kind: 'text',
    help: 'a number from 0 on: the same faults, units and operations (a fresh one, which is told)',
  },
  {
    name: 'faults',
    kind: 'text',
    help: 'how many, 1 to 200 (6: halt, cut, pause, partition, kill -9 of fleetd and of etcd)',
  },
  { name: 'longest', kind: 'text', help: 'of a fault that lasts, seconds, 1 to 300 (four TTLs of fleet)' },
  { name: 'history', kind: 'text', help: 'a file that was recorded: judge it again, without a lab' },
  { name: 'json', kind: 'switch', help: 'the outcome as one line of JSON' },
  { name: 'help', kind: 'switch', aliases: ['h'], help: 'this text' },
];

export const judgeUsage = [
  'npm run judge -- [flags]',
  ...flags.map(({ name, help }) => `  --${name.padEnd(8)} ${help}`),
  'Ends with 0, or with 1 when a promise was broken.',
].join('\n');

/**
 * Reads the command line.
 * @param fresh a seed, for when none is given
 * @throws LabError `usage.flag`, `usage.judge`
 */
export function readJudgeOptions(argv: readonly string[], fresh: number): JudgeOptions {
  const given = parseFlags(argv, flags, 'npm run judge --');
  const [extra] = given.args;
  if (extra !== undefined) throw refused(`"${extra}" belongs to no flag`);
  const number = (flag: string, least: number, most: number): number | undefined => {
    const text = given.text(flag);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw refused(`--${flag}: "${text}" is no whole number from ${least} to ${most}`);
  };
  const history = given.text('history');
  const acts = ['seed', 'faults', 'longest'].filter((flag) => given.text(flag) !== undefined);
  if (history !== undefined && acts.length > 0) throw refused(`--history and --${acts[0]} exclude each other`);
  return {
    seed: number('seed', 0, 2 ** 31 - 1) ?? fresh,
    faults: number('faults', 1, 200) ?? 6,
    longestSeconds: number('longest', 1, 300),
    history,
    json: given.on('json'),
    help: given.on('help'),
  };
}

function refused(cause: string): LabError {
  return new LabError({ code: 'usage.judge', cause, next: 'npm run judge -- --seed 1 --faults 6' });
}
