import type { Outcome } from './outcome.ts';
import type { RestClient, Target } from './rest-client.ts';

/** What a command works with. */
export interface CommandContext {
  readonly rest: RestClient;
  readonly target: Target;
  /** A long option's value, undefined when it was not given. */
  readonly option: (name: string) => string | undefined;
  /** Dots while waiting go to standard error. */
  readonly progress: (text: string) => void;
}

export type Command = (context: CommandContext) => Promise<Outcome>;
