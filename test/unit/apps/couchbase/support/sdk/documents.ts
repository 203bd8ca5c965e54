import { patienceMs, type Scenario } from './context.ts';

export const documents: Scenario = async (context) => {
  await context.step('wrong password', () => context.connect('Administrator', 'Password2'));
  await context.step('wrong user', () => context.connect('nobody', 'Password1'));
  const cluster = await context.connect();
  const collection = cluster.bucket('default').defaultCollection();
  const binary = collection.binary();
  const content = async (key: string) => (await collection.get(key)).content as unknown;

  await context.step(
    'upsert',
    async () => (await collection.upsert('a', { n: 1, text: 'grüße' })).cas.toString() !== '0',
  );
  await context.step('get', () => content('a'));
  await context.step('get missing', () => content('nope'));
  await context.step('insert', async () => void (await collection.insert('b', [1, 2])));
  await context.step('insert again', () => collection.insert('b', 1));
  await context.step('replace', async () => void (await collection.replace('b', [3])));
  await context.step('replaced', () => content('b'));
  await context.step('replace missing', () => collection.replace('nope', 1));
  const { cas } = await collection.get('a');
  await context.step('replace with CAS', async () => void (await collection.replace('a', 2, { cas })));
  await context.step('replace with old CAS', () => collection.replace('a', 3, { cas }));
  await context.step('remove with old CAS', () => collection.remove('a', { cas }));
  await context.step('counter created', async () => (await binary.increment('c', 5, { initial: 10 })).value);
  await context.step('counter up', async () => (await binary.increment('c', 5)).value);
  await context.step('counter down to 0', async () => (await binary.decrement('c', 100)).value);
  await context.step('counter of text', () => binary.increment('b', 1));
  await context.step('append', async () => void (await binary.append('c', '7')));
  await context.step('prepend', async () => void (await binary.prepend('c', '1')));
  await context.step('appended', () => content('c'));
  await context.step('append missing', () => binary.append('nope', 'x'));
  await context.step('exists', async () => (await collection.exists('a')).exists);
  await context.step('touch', async () => void (await collection.touch('a', 60)));
  await context.step('get and touch', async () => (await collection.getAndTouch('a', 60)).content as unknown);
  await context.step('text', async () => void (await collection.upsert('t', 'plain text')));
  await context.step('text read', () => content('t'));
  await context.step('bytes', async () => void (await collection.upsert('raw', Buffer.from([0, 255, 1]))));
  await context.step('bytes read', async () => ((await content('raw')) as Buffer).toString('hex'));
  await context.step('remove', async () => void (await collection.remove('a')));
  await context.step('removed', () => content('a'));
  await context.step('value over 20 MiB', () =>
    collection.upsert('huge', 'x'.repeat(21 * 1024 * 1024), { timeout: patienceMs }),
  );
  await context.step('durable write with one replica', () => collection.upsert('d', 1, { durabilityLevel: 1 }));
  await context.step('concurrent', async () => {
    await Promise.all(Array.from({ length: 300 }, (_, index) => collection.upsert(`many-${index}`, index)));
    const read = await Promise.all(Array.from({ length: 300 }, (_, index) => content(`many-${index}`)));
    return read.every((value, index) => value === index);
  });
  await context.step('ping', async () => (await cluster.ping()).services['kv']?.[0]?.state);
  await cluster.close();
};
