import couchbase from 'couchbase';
import type { Scenario } from './context.ts';

const { LookupInSpec } = couchbase;

export const replicas: Scenario = async (context) => {
  const cluster = await context.connect();
  const collection = cluster.bucket('default').defaultCollection();
  await collection.upsert('r', { n: 1 });
  const n = [LookupInSpec.get('n')];
  await context.step('any: document', async () => {
    const found = await collection.getAnyReplica('r');
    return [found.content as unknown, found.isReplica];
  });
  await context.step('all: documents', async () =>
    (await collection.getAllReplicas('r')).map((found) => [found.content as unknown, found.isReplica]),
  );
  await context.step('any: path', async () => {
    const { content, isReplica } = await collection.lookupInAnyReplica('r', n);
    return [content[0]?.value as unknown, isReplica];
  });
  await context.step('all: paths', async () =>
    (await collection.lookupInAllReplicas('r', n)).map(({ content, isReplica }) => [
      content[0]?.value as unknown,
      isReplica,
    ]),
  );
  await context.step('any: missing', () => collection.getAnyReplica('nope'));
  await context.step('any path: missing', () => collection.lookupInAnyReplica('nope', n));
  await cluster.close();
};
