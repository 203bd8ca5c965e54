import { createInterface } from 'node:readline';
import { useCouchbase } from './use-couchbase.ts';

/**
 * The SDK in a process of its own: what its native part cannot digest ends this process and not the run. Says `ready`, reads one
 * connection string from its input, and prints one JSON object per step with the wall clock.
 */
async function main(): Promise<void> {
  const tell = (step: string, more: object = {}) =>
    process.stdout.write(`${JSON.stringify({ step, wallMs: Date.now(), ...more })}\n`);
  tell('ready');
  for await (const connectionString of createInterface({ input: process.stdin })) {
    try {
      await useCouchbase(connectionString, Number(process.argv[2] ?? 60_000), tell);
    } catch (error) {
      tell('failed', { error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) });
    }
    process.exit(0);
  }
}

void main();
