import { LabError } from '../../../errors/lab-error.ts';
import { serviceDirectory } from '../../../platform/etcd/keys/service-keys.ts';
import { watchServices, type Instance } from '../../../platform/etcd/keys/services.ts';
import type { EtcdStore } from '../../../platform/etcd/store.ts';
import { whenEtcdAnswers } from '../../../platform/etcd/when-etcd-answers.ts';

const couchbasePrefix = serviceDirectory('couchbase');

/** `couchbase://ADDR[,ADDR]` for the announced instances, as the SDK wants it; an announced port is kept. */
function connectionString(instances: readonly Instance[]): string {
  return `couchbase://${instances.map((instance) => instance.value).join(',')}`;
}

/**
 * The connection string of the Couchbase nodes announced in etcd, waiting up to `waitMs` for the first. From then on `onSet` is
 * called, once per burst (200 ms), when a node is announced anew. Throws LabError missing.couchbase, or timeout.etcd when etcd
 * never answered.
 */
export async function discoverCouchbase(
  store: EtcdStore,
  waitMs: number,
  log: (line: string) => void,
  onSet: (connection: string) => void,
): Promise<string> {
  const endAt = performance.now() + waitMs;
  let found: ((all: Instance[]) => void) | undefined;
  let waiting = true;
  let burst: NodeJS.Timeout | undefined;
  const heard = (all: Instance[]): void => {
    if (waiting) {
      found?.(all);
      return;
    }
    clearTimeout(burst);
    burst = setTimeout(() => {
      onSet(connectionString(all));
    }, burstMs);
  };
  const watch = await whenEtcdAnswers(
    () => watchServices(store, couchbasePrefix, { onSet: (_instance, all) => heard(all) }),
    endAt,
    log,
  );
  let instances = watch.instances();
  if (instances.length === 0) {
    log(`waiting up to ${waitMs} ms for a key under ${couchbasePrefix}`);
    instances = await new Promise<Instance[]>((resolve) => {
      const timer = setTimeout(() => resolve([]), Math.max(0, endAt - performance.now()));
      found = (all) => {
        clearTimeout(timer);
        resolve(all);
      };
    });
  }
  waiting = false;
  if (instances.length > 0) return connectionString(instances);
  throw new LabError({
    code: 'missing.couchbase',
    cause: `no Couchbase found: etcd has no key under ${couchbasePrefix}`,
    next: 'fleetctl start couchbase@1.service couchbase-sidekick@1.service',
  });
}

/** How long a burst of announcements is gathered, ms. */
export const burstMs = 200;
