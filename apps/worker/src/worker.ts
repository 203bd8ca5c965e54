import { openEtcd } from '../../../platform/etcd/open-etcd.ts';
import type { WorkerConfig } from './config.ts';
import { openBucket } from './couchbase-bucket.ts';
import { discoverCouchbase } from './couchbase-discovery.ts';
import { rsvpDocument } from './rsvp-document.ts';
import { followRsvpFeed } from './rsvp-feed.ts';
import { StoreQueue } from './store-queue.ts';

export interface Worker {
  /** Closes the feed, gives what waits two seconds to be stored, says the last counts. */
  stop(): Promise<void>;
}

/**
 * Finds Couchbase in etcd, connects, and stores every RSVP of the stream. `onNewConfiguration` is called when Couchbase is announced
 * anew, at any time from the first answer of etcd on, also while still connecting to an address that has died.
 * Throws the LabErrors of discoverCouchbase and openBucket.
 */
export async function startWorker(
  config: WorkerConfig,
  log: (line: string) => void,
  onNewConfiguration: (connection: string) => void,
): Promise<Worker> {
  const etcd = openEtcd({ endpoints: config.etcdEndpoints });
  const connection = await discoverCouchbase(etcd, config.waitMs, log, onNewConfiguration);
  log(`current connection: ${connection}`);
  const bucket = await openBucket(connection, config, config.waitMs);
  const queue = new StoreQueue((item) => bucket.store(item), { limit: config.queueLimit });
  let skipped = 0;
  const feed = followRsvpFeed(config.rsvpUrl, {
    onMessage: (text) => {
      const item = rsvpDocument(text);
      if (item) queue.push(item);
      else skipped += 1;
    },
    onState: (line) => {
      log(`feed: ${line}`);
    },
  });
  const summarise = (): void => {
    const { stored, failed, dropped, waiting } = queue.counts;
    const error = queue.takeLastError();
    const last = error ? `; last error: ${error.name}: ${error.message}` : '';
    log(`rsvps: stored ${stored}, failed ${failed}, dropped ${dropped}, skipped ${skipped}, waiting ${waiting}${last}`);
  };
  const timer = setInterval(summarise, config.summaryMs);
  return {
    stop: async () => {
      clearInterval(timer);
      feed.close();
      await queue.drained(2000);
      summarise();
    },
  };
}
