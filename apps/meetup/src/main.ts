import { LabError } from '../../../errors/lab-error.ts';
import { readOptions } from './options.ts';
import { startStreamServer } from './stream-server.ts';

/** Entry of meetup.cjs: the RSVP stream until SIGTERM or SIGINT. */
async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2), process.env);
  const server = await startStreamServer(options);
  console.log(
    `meetup: rsvps on ws://${options.host}:${server.port}/2/rsvps, ${options.rate} a second, seed ${options.seed}, from ${options.startIndex}`,
  );
  const stop = (): void => {
    void server.close().then(() => process.exit(0));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

main().catch((error: unknown) => {
  if (error instanceof LabError) {
    console.error(`meetup: ${error.message}\n  next: ${error.next}`);
    process.exit(error.exitCode);
  }
  const code = (error as NodeJS.ErrnoException).code;
  console.error(`meetup: ${(error as Error).message}`);
  if (code === 'EADDRINUSE') console.error('  next: stop what listens there, or choose another --port');
  if (code === 'EADDRNOTAVAIL') console.error('  next: the host has no such address; is the lab network up?');
  process.exit(69);
});
