import { connect, type Cluster } from 'couchbase';
import { LabError } from '../../../errors/lab-error.ts';
import type { RsvpDocument } from './rsvp-document.ts';

export interface CouchbaseBucket {
  store(item: RsvpDocument): Promise<void>;
  close(): Promise<void>;
}

/**
 * A bucket that has answered. The SDK keeps trying an address that does not answer yet; a bucket that is not there yet is tried again
 * until `deadlineMs`. Throws LabError timeout.couchbase (nobody answers), state.couchbase (it answers, and refuses).
 */
export async function openBucket(
  connectionString: string,
  access: { username: string; password: string; bucket: string },
  deadlineMs: number,
): Promise<CouchbaseBucket> {
  const endAt = performance.now() + deadlineMs;
  const left = (): number => Math.max(100, endAt - performance.now());
  let cluster: Cluster | undefined;
  try {
    cluster = await connect(connectionString, {
      username: access.username,
      password: access.password,
      timeouts: { connectTimeout: left(), bootstrapTimeout: left() },
    });
    const collection = cluster.bucket(access.bucket).defaultCollection();
    await answered(() => collection.exists('probe', { timeout: Math.min(2500, left()) }), endAt);
    const opened = cluster;
    return {
      store: async ({ key, document }) => {
        await collection.upsert(key, document, { timeout: storeTimeoutMs });
      },
      close: () => opened.close(),
    };
  } catch (error) {
    await cluster?.close();
    const failure = error as Error;
    const silent = failure.name === 'UnambiguousTimeoutError' || failure.name === 'AmbiguousTimeoutError';
    throw new LabError({
      code: silent ? 'timeout.couchbase' : 'state.couchbase',
      cause: silent
        ? `no answer from bucket "${access.bucket}" at ${connectionString} within ${deadlineMs} ms`
        : `${connectionString} refuses: ${failure.name}: ${failure.message}`,
      next: 'fleetctl status couchbase@1   (is it active, and did its bucket-create succeed?)',
      error,
    });
  }
}

const storeTimeoutMs = 2500;

async function answered(probe: () => Promise<unknown>, endAt: number): Promise<void> {
  for (;;) {
    try {
      await probe();
      return;
    } catch (error) {
      if ((error as Error).name === 'AuthenticationFailureError' || performance.now() >= endAt) throw error;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
}
