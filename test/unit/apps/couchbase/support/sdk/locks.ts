import { patienceMs, type Scenario } from './context.ts';

export const locks: Scenario = async (context) => {
  const cluster = await context.connect();
  const collection = cluster.bucket('default').defaultCollection();
  const soon = { timeout: 400 };
  const { cas: before } = await collection.upsert('l', 1);
  const first = await collection.getAndLock('l', 30);

  await context.step('locked under another CAS', async () => first.cas.toString() !== before.toString());
  await context.step('content', async () => first.content as unknown);
  await context.step('get', async () => (await collection.get('l')).content as unknown);
  await context.step('readers get no CAS to write with', async () => (await collection.get('l')).cas.toString());
  await context.step('exists', async () => (await collection.exists('l')).exists);
  await context.step('lock again', () => collection.getAndLock('l', 1, soon));
  await context.step('upsert', () => collection.upsert('l', 2, soon));
  await context.step('replace with the CAS of before', () => collection.replace('l', 2, { cas: before, timeout: 400 }));
  await context.step('remove', () => collection.remove('l', soon));
  await context.step('touch', () => collection.touch('l', 60, soon));
  await context.step('append', () => collection.binary().append('l', 'x', soon));
  await context.step('count', () => collection.binary().increment('l', 1, soon));
  await context.step('insert', () => collection.insert('l', 2));
  await context.step('unlock with another CAS', () => collection.unlock('l', before));
  await context.step('replace with its CAS', async () => void (await collection.replace('l', 2, { cas: first.cas })));
  await context.step('which unlocks', async () => void (await collection.upsert('l', 3)));
  await context.step('unlock what is not locked', () => collection.unlock('l', first.cas));
  await context.step('unlock what is not there', () => collection.unlock('nope', first.cas));
  await context.step('lock what is not there', () => collection.getAndLock('nope', 1));
  await context.step('lock and unlock', async () => {
    const { cas } = await collection.getAndLock('l', 30);
    await collection.unlock('l', cas);
    await collection.upsert('l', 4);
    return (await collection.get('l')).content as unknown;
  });
  await context.step('remove with its CAS', async () => {
    const { cas } = await collection.getAndLock('l', 30);
    await collection.remove('l', { cas });
  });
  await context.step('a lock ends by itself', async () => {
    await collection.upsert('short', 1);
    await collection.getAndLock('short', 1);
    await collection.upsert('short', 2, { timeout: patienceMs });
    return (await collection.get('short')).content as unknown;
  });
  await cluster.close();
};
