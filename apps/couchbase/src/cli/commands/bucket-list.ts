import type { Command } from '../command.ts';

interface ListedBucket {
  readonly name: string;
  readonly bucketType: string;
  readonly authType: string;
  readonly saslPassword: string;
  readonly replicaNumber: number;
  readonly quota: { readonly ram: number };
  readonly basicStats: { readonly memUsed: number };
}

/** bucket-list of 4.0: one block of lines per bucket. */
export const bucketList: Command = async ({ rest, target }) => {
  const reply = await rest.get(target, '/pools/default/buckets', 'unable to bucket-list');
  if ('failed' in reply) return reply.failed;
  const buckets = JSON.parse(reply.body) as ListedBucket[];
  return { code: 0, lines: buckets.flatMap(describe) };
};

function describe(bucket: ListedBucket): string[] {
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
