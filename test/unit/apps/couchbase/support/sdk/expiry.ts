import couchbase, { type Collection } from 'couchbase';
import type { Scenario } from './context.ts';

const { MutateInSpec, StoreSemantics } = couchbase;

/** Seconds left of a document, in hundreds. */
async function left(collection: Collection, key: string): Promise<number | 'stays'> {
  const { expiryTime } = await collection.get(key, { withExpiry: true });
  return expiryTime === undefined || expiryTime === 0 ? 'stays' : Math.round((expiryTime - Date.now() / 1000) / 100);
}

export const expiry: Scenario = async (context) => {
  const cluster = await context.connect();
  const collection = cluster.bucket('default').defaultCollection();
  const kept = { preserveExpiry: true };
  const step = (name: string, action: () => Promise<unknown>) =>
    context.step(name, async () => {
      await collection.upsert('e', { n: 1 }, { expiry: 5000 });
      await action();
      return left(collection, 'e');
    });

  await step('stored', async () => undefined);
  await step('upsert', () => collection.upsert('e', 1));
  await step('upsert that keeps it', () => collection.upsert('e', 1, kept));
  await step('replace that keeps it', () => collection.replace('e', 1, kept));
  await step('mutateIn', () => collection.mutateIn('e', [MutateInSpec.upsert('n', 2)]));
  await step('mutateIn that keeps it', () => collection.mutateIn('e', [MutateInSpec.upsert('n', 2)], kept));
  await step('mutateIn with one', () => collection.mutateIn('e', [MutateInSpec.upsert('n', 2)], { expiry: 900 }));
  await step('touch', () => collection.touch('e', 700));
  await step('get and touch', () => collection.getAndTouch('e', 0));
  await step('a date', () => collection.upsert('e', 1, { expiry: new Date(Date.now() + 800_000) }));
  await step('60 days', () => collection.upsert('e', 1, { expiry: 60 * 86_400 }));
  await context.step('new by mutateIn', async () => {
    await collection.mutateIn('m', [MutateInSpec.upsert('n', 2)], {
      expiry: 900,
      storeSemantics: StoreSemantics.Upsert,
    });
    return left(collection, 'm');
  });
  await context.step('over after a second', async () => {
    await collection.upsert('short', 1, { expiry: 1 });
    const deadline = Date.now() + 10_000;
    while ((await collection.exists('short')).exists && Date.now() < deadline)
      await new Promise((resolve) => setImmediate(resolve));
    return collection.get('short');
  });
  await cluster.close();
};
