import { z } from 'zod';
import { getJson } from '#provision/cluster/conditions/get-json.ts';
import { couchbaseHeaders } from '../harness/context/couchbase-access.ts';

const askEveryMs = 50;
const requestDeadlineMs = 1_000;

/** Asks a node again and again whether its bucket is out of warm-up. */
export interface BucketWatch {
  /** Wall-clock ms of the first answer that said so. */
  readonly readyMs: number | undefined;
  stop(): void;
}

/** Watches the bucket `default` of the node at `http://ADDRESS:8091`. */
export function watchBucket(url: string): BucketWatch {
  let readyMs: number | undefined;
  let stopped = false;
  const askBucket = async (): Promise<void> => {
    const bucket = await ask(`${url}/pools/default/buckets/default`);
    if (isHealthy(bucket)) readyMs = Date.now();
    if (readyMs === undefined && !stopped) setTimeout(() => void askBucket(), askEveryMs);
  };
  void askBucket();
  return {
    get readyMs() {
      return readyMs;
    },
    stop: () => void (stopped = true),
  };
}

/** Does the node answer at all? */
export async function answers(url: string): Promise<boolean> {
  return (await ask(`${url}/pools`)) !== undefined;
}

const healthyForm = z.object({ nodes: z.array(z.object({ status: z.literal('healthy') })).min(1) });

/** Every node of the bucket says `healthy`: `warmup` comes before (Couchbase REST API, "Getting Single Bucket Information"). */
export function isHealthy(bucket: unknown): boolean {
  return healthyForm.safeParse(bucket).success;
}

/** Undefined when nobody answers, or with an error. */
function ask(url: string): Promise<unknown> {
  return getJson(z.unknown(), url, requestDeadlineMs, couchbaseHeaders);
}
