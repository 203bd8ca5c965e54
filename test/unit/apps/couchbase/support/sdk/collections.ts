import couchbase from 'couchbase';
import { patienceMs, type Scenario } from './context.ts';

export const collections: Scenario = async (context) => {
  const cluster = await context.connect();
  const bucket = cluster.bucket('default');
  const manager = bucket.collections();
  const step = context.step.bind(context);

  await step('at first', async () =>
    (await manager.getAllScopes()).map(({ name, collections: all }) => [
      name,
      all.map((collection) => collection.name),
    ]),
  );
  await step('create scope', () => manager.createScope('shop'));
  await step('create scope again', () => manager.createScope('shop'));
  await step('scope of a wrong name', () => manager.createScope('_shop'));
  await step('create collection', () => manager.createCollection('orders', 'shop'));
  await step('create collection again', () => manager.createCollection('orders', 'shop'));
  await step('create collection in no scope', () => manager.createCollection('orders', 'nope'));
  await step('create collection that forgets', () => manager.createCollection('short', 'shop', { maxExpiry: 900 }));
  await step('create collection beside the default', () => manager.createCollection('beside', '_default'));
  await step('now', async () => {
    const scopes = await manager.getAllScopes();
    return scopes.find(({ name }) => name === 'shop')?.collections.map(({ name, maxExpiry }) => [name, maxExpiry]);
  });

  const orders = bucket.scope('shop').collection('orders');
  const theDefault = bucket.defaultCollection();
  await step('write', async () => void (await orders.upsert('k', { of: 'orders' })));
  await step('write the same key elsewhere', async () => void (await theDefault.upsert('k', { of: 'default' })));
  await step('read', async () => (await orders.get('k')).content as unknown);
  await step('count, lock, look', async () => {
    await orders.binary().increment('c', 1, { initial: 5 });
    const { cas } = await orders.getAndLock('k', 30);
    await orders.unlock('k', cas);
    const { content } = await orders.lookupIn('k', [couchbase.LookupInSpec.get('of')]);
    return [content[0]?.value as unknown, (await orders.exists('c')).exists];
  });
  await step('beside the default', async () => {
    const beside = bucket.collection('beside');
    await beside.insert('k', 1);
    return (await beside.get('k')).content as unknown;
  });
  await step('a document that is forgotten', async () => {
    const short = bucket.scope('shop').collection('short');
    await short.upsert('k', 1);
    const { expiryTime } = await short.get('k', { withExpiry: true });
    return Math.round(((expiryTime ?? 0) - Date.now() / 1000) / 100);
  });
  await step('another life time', async () => {
    await manager.updateCollection('short', 'shop', { maxExpiry: 3000 });
    const short = bucket.scope('shop').collection('short');
    await short.upsert('k2', 1);
    const { expiryTime } = await short.get('k2', { withExpiry: true });
    return Math.round(((expiryTime ?? 0) - Date.now() / 1000) / 100);
  });
  await step('update no collection', () => manager.updateCollection('nope', 'shop', { maxExpiry: 1 }));
  await step('no such collection', () => bucket.scope('shop').collection('nope').get('k', { timeout: 600 }));
  await step('no such scope', () => bucket.scope('nope').collection('nope').get('k', { timeout: 600 }));

  await step('drop collection', () => manager.dropCollection('orders', 'shop'));
  await step('drop collection again', () => manager.dropCollection('orders', 'shop'));
  await step('read what was dropped', () => orders.get('k', { timeout: 600 }));
  await step('make it again', async () => {
    await manager.createCollection('orders', 'shop');
    await orders.upsert('new', 1, { timeout: patienceMs });
    return (await orders.exists('k')).exists;
  });
  await step('drop scope', () => manager.dropScope('shop'));
  await step('drop scope again', () => manager.dropScope('shop'));
  await step('drop the default scope', () => manager.dropScope('_default'));
  await step('the default is as it was', async () => (await theDefault.get('k')).content as unknown);
  await cluster.close();
};
