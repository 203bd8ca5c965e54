import couchbase, { type Collection, type LookupInSpec } from 'couchbase';
import type { Scenario } from './context.ts';

const { LookupInSpec: Spec } = couchbase;

/** What each path gave, or the name of its error. */
export async function lookIn(
  collection: Collection,
  key: string,
  specs: LookupInSpec[],
  accessDeleted = false,
): Promise<unknown[]> {
  const { content } = await collection.lookupIn(key, specs, { accessDeleted });
  return content.map(({ value, error }) =>
    error === undefined || error === null ? (value as unknown) : error.constructor.name,
  );
}

export const subdocumentLookups: Scenario = async (context) => {
  const cluster = await context.connect();
  const collection = cluster.bucket('default').defaultCollection();
  const step = context.step.bind(context);
  const look = (...specs: LookupInSpec[]) => lookIn(collection, 'doc', specs);
  await collection.upsert('doc', {
    text: 'grüße',
    big: 1,
    list: [1, [2, 3], { deep: true }],
    'dot.ted': { 'with`tick': 'x' },
    'quo"te': 'y',
    nothing: null,
    empty: {},
  });
  await collection.upsert('text', 'no json');

  await step('values', () =>
    look(Spec.get('text'), Spec.get('list[1][0]'), Spec.get('list[-1].deep'), Spec.get('nothing')),
  );
  await step('quoted names', () => look(Spec.get('`dot.ted`.`with``tick`'), Spec.get('quo\\"te')));
  await step('there or not', () => look(Spec.exists('list[2]'), Spec.exists('list[3]'), Spec.exists('nope.deeper')));
  await step('counts', () => look(Spec.count('list'), Spec.count('empty'), Spec.count(''), Spec.count('text')));
  await step('whole document', async () => ((await look(Spec.get(''))) as { big?: number }[])[0]?.big);
  await step('no such path', () => look(Spec.get('nope'), Spec.get('list[9]'), Spec.get('empty.x')));
  await step('wrong type', () => look(Spec.get('text.x'), Spec.get('list.x'), Spec.get('empty[0]')));
  await step('no path', () => look(Spec.get('a[x]'), Spec.get('a..b'), Spec.get('`a'), Spec.get('list[-2]')));
  await step('33 components', () => look(Spec.get(Array.from({ length: 33 }, () => 'a').join('.'))));
  await step('1,025 bytes', () => look(Spec.get('a'.repeat(1025))));
  await step('17 paths', () => look(...Array.from({ length: 17 }, () => Spec.get('text'))));
  await step('16 paths', async () => (await look(...Array.from({ length: 16 }, () => Spec.get('big')))).length);
  await step('text', () => lookIn(collection, 'text', [Spec.get('a')]));
  await step('missing', () => lookIn(collection, 'nope', [Spec.get('a')]));
  await step('nested 33 deep', async () => {
    await collection.upsert('deep', JSON.parse('{"a":'.repeat(33) + '1' + '}'.repeat(33)));
    return lookIn(collection, 'deep', [Spec.get('a.a')]);
  });
  await step(
    'projection',
    async () => (await collection.get('doc', { project: ['text', 'list[0]', 'nope'] })).content as unknown,
  );
  await step('with expiry', async () => {
    await collection.touch('doc', 1000);
    const got = await collection.get('doc', { withExpiry: true });
    const left = (got.expiryTime ?? 0) - Date.now() / 1000;
    return left > 990 && left < 1001 && (got.content as { big: number }).big === 1;
  });
  await cluster.close();
};
