import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod/mini';
import type { Outcome } from '../../outcome.ts';
import { failed, switchValues, type Command, type CommandContext } from '../command.ts';
import { bucketForm, bucketName, bucketOptions, bucketPath } from './bucket-options.ts';

/** bucket-create of 7.x; --wait returns when every node reports the bucket healthy. */
export const bucketCreate: Command = {
  name: 'bucket-create',
  description: 'Add a new bucket to the cluster',
  options: [
    bucketName,
    { name: 'bucket-type', takes: 'value', required: true, choices: ['couchbase', 'ephemeral', 'memcached'] },
    { name: 'bucket-ramsize', takes: 'integer', required: true },
    { name: 'storage-backend', takes: 'value', choices: ['couchstore', 'magma'] },
    { name: 'conflict-resolution', takes: 'value', choices: ['sequence', 'timestamp'] },
    { name: 'enable-index-replica', takes: 'value', choices: switchValues },
    { name: 'wait', takes: 'nothing' },
    ...bucketOptions,
  ],
  run: async (context) => {
    const { client, option } = context;
    const type = option('bucket-type') ?? '';
    const backend = option('storage-backend');
    if (backend !== undefined && type !== 'couchbase')
      return failed(['--storage-backend is only valid for couchbase buckets']);
    const form: Record<string, string> = {
      name: option('bucket') ?? '',
      bucketType: type,
      ...bucketForm(option),
    };
    if (type === 'couchbase') form['storageBackend'] = backend ?? 'couchstore';
    const replicaIndex = option('enable-index-replica');
    if (replicaIndex !== undefined) form['replicaIndex'] = replicaIndex;
    const conflicts = option('conflict-resolution');
    if (conflicts !== undefined) form['conflictResolutionType'] = conflicts === 'sequence' ? 'seqno' : 'lww';
    const made = await client.send('POST', '/pools/default/buckets', form);
    if ('errors' in made) return failed(made.errors);
    const late = option('wait') === undefined ? undefined : await waitHealthy(context);
    return late ?? { code: 0, lines: ['SUCCESS: Bucket created'] };
  },
};

const health = z.object({ nodes: z.array(z.object({ status: z.string() })) });
const waitLimitMs = 120_000;

async function waitHealthy({ client, option, surroundings }: CommandContext): Promise<Outcome | undefined> {
  const deadline = performance.now() + waitLimitMs;
  const name = option('bucket') ?? '';
  for (;;) {
    const answer = await client.get(bucketPath(name), health);
    if ('errors' in answer) return failed(answer.errors);
    const { nodes } = answer.value;
    if (nodes.length > 0 && nodes.every(({ status }) => status === 'healthy')) return undefined;
    if (performance.now() > deadline) return failed([`bucket ${name} is not healthy after ${waitLimitMs / 1000} s`]);
    surroundings.progress('.');
    await sleep(200);
  }
}
