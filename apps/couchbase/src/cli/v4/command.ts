import type { Target } from '../exchange.ts';
import type { Outcome } from '../outcome.ts';
import type { Surroundings } from '../surroundings.ts';
import type { RestClient } from './rest-client.ts';

/** What a command works with. */
export interface CommandContext {
  /** By which it was called. */
  readonly name: string;
  readonly rest: RestClient;
  readonly target: Target;
  /** A long option's value, undefined when it was not given. */
  readonly option: (name: string) => string | undefined;
  readonly surroundings: Surroundings;
}

export type Command = (context: CommandContext) => Promise<Outcome>;
