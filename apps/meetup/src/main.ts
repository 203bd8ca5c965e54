import { endProgram } from '../../../errors/end-program.ts';
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

main().catch((error: unknown) => endProgram('meetup', error));
