import type { Outcome } from './outcome.ts';
import type { Surroundings } from './surroundings.ts';
import { knowsLine, runFour } from './v4/run.ts';
import { parseLine } from './v7/parse-line.ts';
import { runSeven } from './v7/run.ts';

/**
 * Runs one couchbase-cli command. COUCHBASE_GENERATION says whose grammar, words and exit codes: `7.6` those of 7.x. With `4.0`, or without
 * it, those of 4.0, as the chapter has them; a line that only 7.x knows is 7.x's all the same.
 */
export async function runCli(argv: readonly string[], surroundings: Surroundings): Promise<Outcome> {
  const { COUCHBASE_GENERATION: generation } = surroundings.env;
  if (generation !== undefined && generation !== '' && generation !== '4.0') return runSeven(argv, surroundings);
  // 4.0 had a user-manage of its own, for the one read-only user.
  const readOnlyUser = generation === '4.0' || argv.some((word) => word.startsWith('--ro-'));
  const isFour = knowsLine(argv) && (argv[0] !== 'user-manage' || readOnlyUser);
  const isSeven = !isFour && 'command' in parseLine(argv, surroundings.env);
  return isSeven ? runSeven(argv, surroundings) : runFour(argv, surroundings);
}
