import { LabError } from '../../../errors/lab-error.ts';
import { memcachedPort, serviceDirectory } from '../../../platform/etcd/keys/service-keys.ts';
import { watchServices, type Instance, type ServiceWatch } from '../../../platform/etcd/keys/services.ts';
import type { EtcdStore } from '../../../platform/etcd/store.ts';
import { whenEtcdAnswers } from '../../../platform/etcd/when-etcd-answers.ts';

/** What the web app runs on, as announced in etcd and as logged. */
export interface Stack {
  /** `couchbase://ADDR[,ADDR]` */
  readonly couchbase: string;
  /** `ADDR:PORT`, 11211 where the announcement has no port. */
  readonly memcached: string[];
}

/**
 * The announced Couchbase and memcached, waiting up to `waitMs` until there is one of each. From then on `onSet` is called, once per
 * burst (200 ms), when one is announced anew. Throws LabError missing.services, or timeout.etcd when etcd never answered.
 */
export async function discoverStack(
  store: EtcdStore,
  waitMs: number,
  log: (line: string) => void,
  onSet: (stack: Stack) => void,
): Promise<Stack> {
  const endAt = performance.now() + waitMs;
  let settle: (() => void) | undefined;
  let burst: NodeJS.Timeout | undefined;
  let running = false;
  const heard = (): void => {
    settle?.();
    if (!running) return;
    clearTimeout(burst);
    burst = setTimeout(() => {
      onSet(stack());
    }, burstMs);
  };
  const watch = (prefix: string): Promise<ServiceWatch> =>
    whenEtcdAnswers(() => watchServices(store, prefix, { onSet: heard }), endAt, log);
  const couchbase = await watch(prefixes.couchbase);
  const memcached = await watch(prefixes.memcached);
  const stack = (): Stack => toStack(couchbase.instances(), memcached.instances());
  const missing = (): string[] => [
    ...(couchbase.instances().length === 0 ? [prefixes.couchbase] : []),
    ...(memcached.instances().length === 0 ? [prefixes.memcached] : []),
  ];
  if (missing().length > 0) {
    log(`waiting up to ${waitMs} ms for a key under ${missing().join(' and ')}`);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.max(0, endAt - performance.now()));
      settle = () => {
        if (missing().length > 0) return;
        clearTimeout(timer);
        resolve();
      };
      settle();
    });
    settle = undefined;
  }
  running = true;
  if (missing().length === 0) return stack();
  throw new LabError({
    code: 'missing.services',
    cause: `nothing to run on: etcd has no key under ${missing().join(' and ')}`,
    next: 'fleetctl list-units   (are couchbase@, memcached@ and their sidekicks active?)',
  });
}

const prefixes = { couchbase: serviceDirectory('couchbase'), memcached: serviceDirectory('memcached') };

/** Instances (sorted by id) as connection values. */
export function toStack(couchbase: readonly Instance[], memcached: readonly Instance[]): Stack {
  return {
    couchbase: `couchbase://${couchbase.map((instance) => instance.value).join(',')}`,
    memcached: memcached.map((instance) => `${instance.address}:${instance.port ?? memcachedPort}`),
  };
}

/** How long a burst of announcements is gathered, ms. */
export const burstMs = 200;
