import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { endProgram } from '../../../../errors/end-program.ts';
import type { LabError } from '../../../../errors/lab-error.ts';
import { serverName } from '../cluster/identity.ts';
import { consoleLog } from './log.ts';
import { readServerOptions } from './options.ts';
import { startServer } from './start.ts';

/** Runs the server until SIGTERM or SIGINT, which end the process with 0 at once: `docker stop` must not wait. */
async function main(): Promise<void> {
  const log = consoleLog(Date.now);
  const options = readServerOptions(process.argv.slice(2), process.env);
  let stop = (): void => undefined;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      log.info(`${signal}: closing connections`);
      stop();
      process.exit(0);
    });
  }
  if (options.startDelayMs > 0) {
    log.info(`${serverName}: starting, listens in ${options.startDelayMs} ms`);
    await sleep(options.startDelayMs);
  }
  const here = dirname(process.argv[1] ?? '');
  const beside = { views: join(here, 'views.cjs'), page: join(here, 'page') };
  const onBroken = (error: LabError): never => endProgram('couchbase', error);
  stop = (await startServer(options, Date.now, log, beside, onBroken)).stop;
}

main().catch((error: unknown) => endProgram('couchbase', error));
