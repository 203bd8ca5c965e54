import { networkInterfaces } from 'node:os';
import { LabError } from '../../../errors/lab-error.ts';
import { readConfig } from './config.ts';
import { startWorker, type Worker } from './worker.ts';

/** Entry of worker.cjs. Ends with 0 on a new configuration or SIGTERM (systemd starts it again), with a LabError's code otherwise. */
function main(): void {
  let worker: Worker | undefined;
  let ending = false;
  const end = (): void => {
    if (ending) return;
    ending = true;
    void Promise.resolve(worker?.stop()).finally(() => process.exit(0));
  };
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
  const onNewConfiguration = (connection: string): void => {
    log(`new connection: ${connection}; restarting to use it`);
    end();
  };
  startWorker(readConfig(process.env, networkInterfaces()), log, onNewConfiguration).then(
    (started) => {
      worker = started;
    },
    (error: unknown) => {
      if (!ending) fail(error);
    },
  );
}

function log(line: string): void {
  console.log(line);
}

function fail(error: unknown): never {
  if (!(error instanceof LabError)) {
    console.error(error);
    process.exit(1);
  }
  console.error(`worker: ${error.message}\n  next: ${error.next}`);
  process.exit(error.exitCode);
}

try {
  main();
} catch (error) {
  fail(error);
}
