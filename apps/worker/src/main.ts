import { networkInterfaces } from 'node:os';
import { endProgram } from '../../../errors/end-program.ts';
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
      if (!ending) endProgram('worker', error);
    },
  );
}

function log(line: string): void {
  console.log(line);
}

try {
  main();
} catch (error) {
  endProgram('worker', error);
}
