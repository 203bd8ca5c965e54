import type { Scenario } from './context.ts';

/** What the SDK builds on sub-document operations. */
export const dataStructures: Scenario = async (context) => {
  const cluster = await context.connect();
  const collection = cluster.bucket('default').defaultCollection();
  await context.step('list', async () => {
    const list = collection.list('list');
    await list.push('b');
    await list.push('c');
    await list.unshift('a');
    await list.removeAt(1);
    return [await list.getAll(), await list.size(), await list.indexOf('c')];
  });
  await context.step('map', async (): Promise<unknown[]> => {
    const map = collection.map('map');
    await map.set('one', 1);
    await map.set('two', 2);
    await map.remove('one');
    return [await map.get('two'), await map.exists('one'), await map.size(), await map.keys()];
  });
  await context.step('set', async () => {
    const set = collection.set('set');
    const added = [await set.add('x'), await set.add('y'), await set.add('x')];
    await set.remove('x');
    return [added, await set.values(), await set.contains('x'), await set.size()];
  });
  await context.step('queue', async (): Promise<unknown[]> => {
    const queue = collection.queue('queue');
    for (const item of [1, 2, 3]) await queue.push(item);
    return [await queue.pop(), await queue.pop(), await queue.size()];
  });
  await cluster.close();
};
