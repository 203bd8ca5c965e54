import * as z from 'zod/mini';
import type { Outcome } from '../../outcome.ts';
import type { Answer, ClusterClient } from '../client.ts';
import { failed, report, switchValues, type Command } from '../command.ts';
import { bucketForm, bucketName, bucketOptions, bucketPath } from './bucket-options.ts';

const listed = z.looseObject({
  name: z.string(),
  bucketType: z.string(),
  replicaNumber: z.number(),
  quota: z.object({ ram: z.number() }),
  basicStats: z.looseObject({ memUsed: z.number() }),
});
type Listed = z.infer<typeof listed>;

function list(client: ClusterClient): Promise<Answer<Listed[]>> {
  return client.get('/pools/default/buckets', z.array(listed));
}

/** Does `then` with a bucket that is there, as 7.x looks for it first. */
async function withBucket(client: ClusterClient, name: string, then: () => Promise<Outcome>): Promise<Outcome> {
  const all = await list(client);
  if ('errors' in all) return failed(all.errors);
  return all.value.some((bucket) => bucket.name === name) ? then() : failed(['Bucket not found']);
}

export const bucketList: Command = {
  name: 'bucket-list',
  description: 'List all buckets in a cluster',
  options: [],
  run: async ({ client, option }) => {
    const all = await list(client);
    if ('errors' in all) return failed(all.errors);
    if (option('output') === 'json') return { code: 0, lines: [JSON.stringify(all.value)] };
    const lines = all.value.flatMap((bucket) => [
      bucket.name,
      ` bucketType: ${bucket.bucketType}`,
      ` numReplicas: ${bucket.replicaNumber}`,
      ` ramQuota: ${bucket.quota.ram}`,
      ` ramUsed: ${bucket.basicStats.memUsed}`,
    ]);
    return { code: 0, lines };
  },
};

export const bucketEdit: Command = {
  name: 'bucket-edit',
  description: 'Modify settings for an existing bucket',
  options: [
    bucketName,
    { name: 'bucket-ramsize', takes: 'integer' },
    { name: 'remove-bucket-port', takes: 'value', choices: switchValues },
    ...bucketOptions,
  ],
  run: ({ client, option }) => {
    const name = option('bucket') ?? '';
    return withBucket(client, name, () =>
      report(client.send('POST', bucketPath(name), bucketForm(option)), 'Bucket edited'),
    );
  },
};

export const bucketDelete: Command = {
  name: 'bucket-delete',
  description: 'Delete an existing bucket',
  options: [bucketName],
  run: ({ client, option }) => {
    const name = option('bucket') ?? '';
    return withBucket(client, name, () => report(client.send('DELETE', bucketPath(name)), 'Bucket deleted'));
  },
};

export const bucketFlush: Command = {
  name: 'bucket-flush',
  description: 'Flush all data from disk for a given bucket',
  options: [bucketName, { name: 'force', takes: 'nothing' }],
  run: ({ client, option, surroundings }) => {
    const name = option('bucket') ?? '';
    return withBucket(client, name, async () => {
      if (option('force') === undefined) {
        const question =
          'Running this command will totally PURGE database data from disk. Do you really want to do it? (Yes/No)';
        const answer = (await surroundings.ask(question)) ?? '';
        if (!['y', 'Y', 'yes', 'Yes'].includes(answer)) return { code: 0, lines: [] };
      }
      return report(client.send('POST', `${bucketPath(name)}/controller/doFlush`), 'Bucket flushed');
    });
  },
};
