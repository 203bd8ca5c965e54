import { endProgram } from '#errors/end-program.ts';
import { gatewayStore } from '../etcd/gateway-store.ts';
import { announcement } from './announcement.ts';
import { followContainer } from './container.ts';
import { readOptions, usage } from './options.ts';

/** The program /opt/lab/bin/announce.cjs. Runs until SIGTERM or SIGINT, and takes its key away then. */
async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options === 'help') return log(usage);
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort());
  // Two tries within a quarter of the key's life, which is when it is renewed.
  const store = gatewayStore({ endpoints: [options.etcd], timeoutMs: (options.ttlSeconds * 1000) / 8 });
  const word = announcement({ store, key: options.key, ttlSeconds: options.ttlSeconds, log });
  try {
    await followContainer({ ...options, onAddress: (address) => word.say(address), log, signal: stop.signal });
  } finally {
    await word.withdraw();
    await store.close();
  }
}

function log(line: string): void {
  process.stdout.write(`${line}\n`);
}

main().catch((error: unknown) => endProgram('announce', error));
