import { isIP } from 'node:net';
import { streamsOf } from '../outcome.ts';
import { CallersOwn, type Surroundings } from '../surroundings.ts';
import type { Caller } from './caller.ts';
import type { CliRequest } from './request.ts';

/** How often a caller hears that its command is still at work, ms. */
const atWorkMs = 10_000;

/**
 * Runs one command for a caller in this process, as couchbase-cli does in its own. The caller hears `w` (at work), `o` and `e` (standard output
 * and error), at last `x` (exit code); or `n`: nothing was changed, it takes the caller's own process. Whatever goes wrong is told to the
 * caller as Node ends a program, and is nobody else's. Never rejects.
 */
export async function runFor({ argv, env }: CliRequest, caller: Caller): Promise<void> {
  const atWork = setInterval(() => caller.tell('w'), atWorkMs);
  try {
    // Loaded for the first caller: most servers never have one.
    const { runCli } = await import('../run.ts');
    const outcome = await runCli(argv, inThisProcess(env, caller));
    const { output, errors } = streamsOf(outcome);
    if (output !== '') caller.tell('o', output);
    if (errors !== '') caller.tell('e', errors);
    caller.tell('x', String(outcome.code));
  } catch (error) {
    if (error instanceof CallersOwn) return caller.tell('n');
    caller.tell('e', `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    caller.tell('x', '1');
  } finally {
    clearInterval(atWork);
  }
}

function inThisProcess(env: Surroundings['env'], caller: Caller): Surroundings {
  return {
    env,
    progress: (text) => caller.tell('e', text),
    ask: () => Promise.reject(new CallersOwn()),
    // A name is looked up on one of the four threads on which this process waits for its disk, for as long as DNS takes.
    admit: (host) => {
      if (isIP(host) === 0 && host !== 'localhost') throw new CallersOwn();
    },
    gone: caller.gone,
  };
}
