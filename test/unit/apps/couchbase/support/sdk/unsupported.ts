import type { Scenario } from './context.ts';

export const unsupported: Scenario = async (context) => {
  const cluster = await context.connect();
  const collection = cluster.bucket('default').defaultCollection();
  await collection.upsert('s', { n: 1 });
  await context.step('users', () => cluster.users().getAllUsers());
  await context.step('query', () => cluster.query('SELECT 1'));
  await context.step('buckets', async () => (await cluster.buckets().getAllBuckets()).map(({ name }) => name));
  await context.step('still alive', async () => (await collection.get('s')).content as unknown);
  await cluster.close();
};
