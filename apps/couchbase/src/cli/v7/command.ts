import * as z from 'zod/mini';
import type { Outcome } from '../outcome.ts';
import type { Surroundings } from '../surroundings.ts';
import type { Answer, ClusterClient } from './client.ts';
import type { OptionSpec } from './grammar.ts';

/** What a command works with. */
export interface CommandContext {
  readonly client: ClusterClient;
  /** An option's value, '' of a switch, undefined when it was not given. */
  readonly option: (name: string) => string | undefined;
  readonly surroundings: Surroundings;
}

/** A command of couchbase-cli 7.x: its options beside those that all have, and what it does. */
export interface Command {
  readonly name: string;
  readonly description: string;
  readonly options: readonly OptionSpec[];
  /** It makes the cluster: needs no user, and looks for a node on this host unless told otherwise. */
  readonly isFirst?: true;
  /** It also works on a node that is not set up. */
  readonly beforeInit?: true;
  /** Does it; what the node refuses is an outcome too. */
  run(context: CommandContext): Promise<Outcome>;
}

/** Errors as 7.x ends with them: each on a line of standard output, exit code 1. */
export function failed(errors: readonly string[]): Outcome {
  return { code: 1, lines: errors.map((error) => `ERROR: ${error}`) };
}

/** `done` when the node did it, its errors otherwise. */
export async function report(answer: Promise<Answer<unknown>>, done: string): Promise<Outcome> {
  const told = await answer;
  return 'errors' in told ? failed(told.errors) : { code: 0, lines: [`SUCCESS: ${done}`] };
}

const pools = z.object({ pools: z.array(z.unknown()) });

/** Whether the node is set up. */
export async function isInitialised(client: ClusterClient): Promise<Answer<boolean>> {
  const answer = await client.get('/pools', pools);
  return 'errors' in answer ? answer : { value: answer.value.pools.length > 0 };
}

export const switchValues = ['0', '1'] as const;

/** `0` and `1` as the settings have them. */
export function truth(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  return text === '1' ? 'true' : 'false';
}
