const askEveryMs = 50;
const requestDeadlineMs = 1_000;
const credentials = `Basic ${Buffer.from('Administrator:Password1').toString('base64')}`;

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
  const ask = async (): Promise<void> => {
    const bucket = await getJson(`${url}/pools/default/buckets/default`);
    if (isHealthy(bucket)) readyMs = Date.now();
    if (readyMs === undefined && !stopped) setTimeout(() => void ask(), askEveryMs);
  };
  void ask();
  return {
    get readyMs() {
      return readyMs;
    },
    stop: () => void (stopped = true),
  };
}

/** Does the node answer at all? */
export async function answers(url: string): Promise<boolean> {
  return (await getJson(`${url}/pools`)) !== undefined;
}

/** Every node of the bucket says `healthy`: `warmup` comes before (Couchbase REST API, "Getting Single Bucket Information"). */
export function isHealthy(bucket: unknown): boolean {
  const { nodes } = (bucket ?? {}) as { nodes?: { status?: string }[] };
  return Array.isArray(nodes) && nodes.length > 0 && nodes.every(({ status }) => status === 'healthy');
}

async function getJson(url: string): Promise<unknown> {
  try {
    const headers = { authorization: credentials };
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(requestDeadlineMs) });
    return response.ok ? await response.json() : undefined;
  } catch {
    return undefined;
  }
}
