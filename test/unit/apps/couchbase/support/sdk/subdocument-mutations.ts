import couchbase, { type MutateInOptions, type MutateInSpec } from 'couchbase';
import type { Scenario } from './context.ts';

const { MutateInSpec: Spec, StoreSemantics } = couchbase;

export const subdocumentMutations: Scenario = async (context) => {
  const cluster = await context.connect();
  const collection = cluster.bucket('default').defaultCollection();
  const content = async (key = 'doc') => (await collection.get(key)).content as unknown;
  const original = { n: 1, list: [1, 2], o: { a: 1, b: 2, c: 3 }, text: 'x' };
  /** Begins with the original each time, and notes what it is afterwards. */
  const step = (name: string, specs: MutateInSpec[], options: MutateInOptions = {}) =>
    context.step(name, async () => {
      await collection.upsert('doc', original);
      await collection.mutateIn('doc', specs, options);
      return content();
    });

  await step('upsert', [Spec.upsert('n', 'grüße'), Spec.upsert('new', { deep: [1] })]);
  await step('insert', [Spec.insert('o.d', 4)]);
  await step('insert what is there', [Spec.insert('o.a', 4)]);
  await step('replace', [Spec.replace('o.a', 9), Spec.replace('list[0]', 'first')]);
  await step('replace what is not there', [Spec.replace('o.z', 9)]);
  await step('remove', [Spec.remove('o.b'), Spec.remove('list[-1]')]);
  await step('remove first and last', [Spec.remove('o.a'), Spec.remove('o.c'), Spec.remove('text'), Spec.remove('n')]);
  await step('remove what is not there', [Spec.remove('o.z')]);
  await step('whole body', [Spec.replace('', { all: 'new' })]);
  await step('parents missing', [Spec.upsert('p.q.r', 1)]);
  await step('parents made', [Spec.upsert('p.q.r', 1, { createPath: true })]);
  await step('into a text', [Spec.upsert('text.x', 1, { createPath: true })]);
  await step('an index as a name', [Spec.upsert('list[0]', 1)]);
  await step('append', [Spec.arrayAppend('list', 3), Spec.arrayAppend('list', [4, 5], { multi: true })]);
  await step('prepend', [Spec.arrayPrepend('list', 0), Spec.arrayPrepend('list', [[7]])]);
  await step('insert into an array', [Spec.arrayInsert('list[1]', 'mid'), Spec.arrayInsert('list[3]', 'end')]);
  await step('insert behind an array', [Spec.arrayInsert('list[9]', 1)]);
  await step('insert before the last', [Spec.arrayInsert('list[-1]', 1)]);
  await step('append to an object', [Spec.arrayAppend('o', 1)]);
  await step('append to nothing', [Spec.arrayAppend('no', 1)]);
  await step('append, made', [Spec.arrayAppend('no.yet', 1, { createPath: true })]);
  await step('unique', [Spec.arrayAddUnique('list', 3)]);
  await step('unique, there', [Spec.arrayAddUnique('list', 2)]);
  await step('unique, an object', [Spec.arrayAddUnique('list', { a: 1 })]);
  await step('count', [Spec.increment('n', 41), Spec.decrement('o.a', 10), Spec.increment('made', 5)]);
  await step('count a text', [Spec.increment('text', 1)]);
  await step('count by nothing', [Spec.increment('n', 0)]);
  await step('second path fails', [Spec.upsert('n', 2), Spec.replace('nope', 1)]);
  await step(
    '17 paths',
    Array.from({ length: 17 }, (_, index) => Spec.upsert(`k${index}`, 1)),
  );
  await context.step('answers of counters', async () => {
    const { content: answers } = await collection.mutateIn('doc', [Spec.upsert('x', 1), Spec.increment('n', 1)]);
    return answers.map((answer) => answer?.value as unknown);
  });
  await context.step('64 bits', async () => {
    await collection.upsert('big', Buffer.from('{"n":9223372036854775806,"untouched": 12345678901234567890 }'), {
      transcoder: jsonBytes,
    });
    await collection.mutateIn('big', [Spec.increment('n', 1)]);
    return (await collection.get('big', { transcoder: jsonBytes })).content as unknown;
  });
  await context.step('over 64 bits', () => collection.mutateIn('big', [Spec.increment('n', 1)]));

  const { cas } = await collection.upsert('doc', original);
  await context.step('with CAS', async () => void (await collection.mutateIn('doc', [Spec.upsert('n', 2)], { cas })));
  await context.step('with old CAS', () => collection.mutateIn('doc', [Spec.upsert('n', 3)], { cas }));
  await context.step('missing', () => collection.mutateIn('none', [Spec.upsert('n', 3)]));
  await context.step('upsert makes it', async () => {
    await collection.mutateIn('made', [Spec.upsert('a.b', 1)], { storeSemantics: StoreSemantics.Upsert });
    return content('made');
  });
  await context.step('an array made', async () => {
    await collection.mutateIn('array', [Spec.arrayAppend('', 1)], { storeSemantics: StoreSemantics.Upsert });
    return content('array');
  });
  await context.step('insert makes it', async () => {
    await collection.mutateIn('inserted', [Spec.insert('a', 1)], { storeSemantics: StoreSemantics.Insert });
    return content('inserted');
  });
  await context.step('insert again', () =>
    collection.mutateIn('inserted', [Spec.insert('b', 1)], { storeSemantics: StoreSemantics.Insert }),
  );
  await cluster.close();
};

/** The bytes of JSON as they are stored: numbers beyond 2^53 do not survive JavaScript. */
const jsonBytes = {
  encode: (value: unknown): [Buffer, number] => [value as Buffer, 0x0200_0000],
  decode: (bytes: Buffer): unknown => bytes.toString(),
};
