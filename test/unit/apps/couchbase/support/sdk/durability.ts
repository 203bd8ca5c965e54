import couchbase from 'couchbase';
import { patienceMs, type Scenario } from './context.ts';

const { DurabilityLevel, MutateInSpec } = couchbase;

/** Levels on a bucket without replicas, where one node is the majority, and on one that wants a replica. */
export const durability: Scenario = async (context) => {
  const cluster = await context.connect();
  const { Majority, MajorityAndPersistOnMaster, PersistToMajority } = DurabilityLevel;
  const levels = { Majority, MajorityAndPersistOnMaster, PersistToMajority };
  for (const bucket of ['alone', 'ephemeral', 'replicated']) {
    const collection = cluster.bucket(bucket).defaultCollection();
    const step = (name: string, action: () => Promise<unknown>) => context.step(`${bucket}: ${name}`, action);
    for (const [name, durabilityLevel] of Object.entries(levels))
      await step(name, async () => void (await collection.upsert('d', 1, { durabilityLevel })));
    await collection.upsert('d', { n: 1 });
    await step('every kind of write', async () => {
      const options = { durabilityLevel: Majority };
      await collection.insert('i', 1, options);
      await collection.replace('i', 2, options);
      await collection.binary().increment('i', 1, { ...options, initial: 1 });
      await collection.mutateIn('d', [MutateInSpec.upsert('n', 2)], options);
      await collection.remove('i', options);
    });
    await step('persisted to one, as clients of 6.5 ask', async () => {
      await collection.upsert('d', 1, { durabilityPersistTo: 1, timeout: patienceMs });
    });
  }
  // The bucket's lowest level holds for who asks for none.
  await context.step('durable: no level asked for', async () => {
    await cluster.bucket('durable').defaultCollection().upsert('d', 1);
  });
  const impossible = cluster.bucket('impossible').defaultCollection();
  await context.step('impossible: no level asked for', () => impossible.upsert('d', 1));
  const spec = MutateInSpec.upsert('n', 1);
  await context.step('impossible: inside a document', () => impossible.mutateIn('d', [spec], { upsertDocument: true }));
  await context.step('impossible: reads', () => impossible.get('d'));
  await cluster.close();
};
