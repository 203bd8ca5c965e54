import type { Scenario } from './context.ts';

/** Waits for the parent to restart the server at the same address, then writes with the same Cluster object. */
export const restart: Scenario = async (context) => {
  const cluster = await context.connect();
  const collection = cluster.bucket('default').defaultCollection();
  await collection.upsert('before', 1);
  process.stdout.write('ready\n');
  await new Promise((resolve) => process.stdin.once('data', resolve));
  const deadline = Date.now() + 60_000;
  while (context.results['written'] !== true && Date.now() < deadline) {
    await context.step('written', async () => (await collection.upsert('after', 1)) !== undefined);
  }
  await context.step('read old', () => collection.get('before'));
  await context.step('read new', async () => (await collection.get('after')).content as unknown);
  await cluster.close();
  process.stdin.unref();
};
