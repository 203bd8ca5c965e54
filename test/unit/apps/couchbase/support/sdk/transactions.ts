import type { Scenario } from './context.ts';

/** Transactions stage what they write in attributes of documents and of tombstones. */
export const transactions: Scenario = async (context) => {
  const cluster = await context.connect();
  const collection = cluster.bucket('default').defaultCollection();
  const content = async (key: string) => (await collection.get(key)).content as unknown;
  await collection.upsert('t1', { n: 1 });
  await collection.upsert('t2', { n: 1 });

  await context.step('committed', async () => {
    await cluster.transactions().run(async (attempt) => {
      await attempt.insert(collection, 't3', { made: true });
      const one = await attempt.get(collection, 't1');
      await attempt.replace(one, { n: 2 });
      await attempt.remove(await attempt.get(collection, 't2'));
    });
    return [await content('t1'), await content('t3'), (await collection.exists('t2')).exists];
  });
  await context.step('rolled back', async () => {
    await cluster.transactions().run(async (attempt) => {
      await attempt.insert(collection, 't4', { made: true });
      await attempt.replace(await attempt.get(collection, 't1'), { n: 3 });
      throw new Error('changed its mind');
    });
  });
  await context.step('is as it was', async () => [await content('t1'), (await collection.exists('t4')).exists]);
  await context.step('inserted where something was deleted', async () => {
    await cluster.transactions().run(async (attempt) => void (await attempt.insert(collection, 't2', { again: true })));
    return content('t2');
  });
  await context.step('in its own eyes', async () => {
    let seen: unknown;
    await cluster.transactions().run(async (attempt) => {
      await attempt.insert(collection, 't5', { n: 1 });
      seen = (await attempt.get(collection, 't5')).content;
    });
    return seen;
  });
  await cluster.close();
};
