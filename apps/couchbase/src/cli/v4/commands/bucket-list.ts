import * as z from 'zod/mini';
import type { Command } from '../command.ts';

const listedBucket = z.object({
  name: z.string(),
  bucketType: z.string(),
  authType: z.string(),
  saslPassword: z.string(),
  replicaNumber: z.number(),
  quota: z.object({ ram: z.number() }),
  basicStats: z.object({ memUsed: z.number() }),
});

/** bucket-list of 4.0: one block of lines per bucket. */
export const bucketList: Command = async ({ rest, target }) => {
  const reply = await rest.get(target, '/pools/default/buckets', z.array(listedBucket), 'unable to bucket-list');
  if ('failed' in reply) return reply.failed;
  return { code: 0, lines: reply.value.flatMap(describe) };
};

function describe(bucket: z.infer<typeof listedBucket>): string[] {
  return [
    bucket.name,
    ` bucketType: ${bucket.bucketType}`,
    ` authType: ${bucket.authType}`,
    ` saslPassword: ${bucket.saslPassword}`,
    ` numReplicas: ${bucket.replicaNumber}`,
    ` ramQuota: ${bucket.quota.ram}`,
    ` ramUsed: ${bucket.basicStats.memUsed}`,
  ];
}
