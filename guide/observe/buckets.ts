import { z } from 'zod';
import { getJson } from '#provision/cluster/conditions/get-json.ts';
import { couchbaseHeaders } from '#scenarios/harness/context/couchbase-access.ts';
import { couchbasePorts } from '#scenarios/harness/context/ports.ts';

const bucketList = z.array(z.object({ name: z.string(), basicStats: z.object({ itemCount: z.number() }) }));

/**
 * The buckets of the Couchbase whose REST port a machine publishes, with their documents (Couchbase's REST API,
 * GET /pools/default/buckets); undefined when it does not answer with that.
 */
export async function bucketsOf(address: string, deadlineMs: number): Promise<Record<string, number> | undefined> {
  const url = `http://${address}:${couchbasePorts.rest}/pools/default/buckets`;
  const buckets = await getJson(bucketList, url, deadlineMs, couchbaseHeaders);
  return buckets && Object.fromEntries(buckets.map(({ name, basicStats }) => [name, basicStats.itemCount]));
}
