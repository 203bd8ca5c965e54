import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod/mini';
import type { Command, CommandContext } from '../command.ts';
import { problem, success, type Outcome } from '../../outcome.ts';
import { formOf } from '../../form.ts';

/** bucket-create of 4.0; --wait returns when every node reports the bucket healthy. */
export const bucketCreate: Command = async (context) => {
  const { rest, target, option } = context;
  const name = option('bucket') ?? '';
  if (name === '') return problem(2, 'option bucket is not specified');
  const form = formOf({
    name,
    bucketType: option('bucket-type') ?? 'couchbase',
    authType: 'sasl',
    proxyPort: option('bucket-port') ?? '11211',
    saslPassword: option('bucket-password'),
    ramQuotaMB: option('bucket-ramsize'),
    replicaNumber: option('bucket-replica') ?? '1',
    evictionPolicy: option('bucket-eviction-policy'),
    threadsNumber: threads(option('bucket-priority')),
    flushEnabled: option('enable-flush'),
    replicaIndex: option('enable-index-replica'),
  });
  const reply = await rest.post(target, '/pools/default/buckets/', form, 'unable to bucket-create');
  if ('failed' in reply) return reply.failed;
  const late = option('wait') === undefined ? undefined : await waitHealthy(context, name);
  return late ?? success('bucket-create');
};

/** `low` and `high` as the REST API has them. */
export function threads(priority: string | undefined): string | undefined {
  if (priority === 'high') return '8';
  return priority === 'low' ? '3' : undefined;
}

const bucketHealth = z.object({ nodes: z.array(z.object({ status: z.string() })) });
const waitLimitMs = 120_000;

async function waitHealthy({ rest, target, surroundings }: CommandContext, name: string): Promise<Outcome | undefined> {
  const deadline = performance.now() + waitLimitMs;
  for (;;) {
    const path = `/pools/default/buckets/${encodeURIComponent(name)}`;
    const reply = await rest.get(target, path, bucketHealth, 'unable to bucket-list');
    if ('failed' in reply) return reply.failed;
    const { nodes } = reply.value;
    if (nodes.length > 0 && nodes.every(({ status }) => status === 'healthy')) return undefined;
    if (performance.now() > deadline) return problem(2, `bucket ${name} is not healthy after ${waitLimitMs / 1000} s`);
    surroundings.progress('.');
    await sleep(200);
  }
}
