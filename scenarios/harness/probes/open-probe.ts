import { couchbaseProbe } from './couchbase.ts';
import { etcdReadProbe, etcdWriteProbe } from './etcd.ts';
import { memcachedProbe } from './memcached.ts';
import { pageProbe } from './page.ts';
import type { Probe, ProbeContext } from './probe.ts';
import type { ProbeName } from '../record/sample.ts';
import type { Services } from './services.ts';
import { socketProbe } from './socket.ts';

/** The probe of this name. */
export async function openProbe(name: ProbeName, context: ProbeContext, services: Services): Promise<Probe> {
  switch (name) {
    case 'page':
      return pageProbe(context);
    case 'socket':
      return socketProbe(context);
    case 'etcd-read':
      return etcdReadProbe(context);
    case 'etcd-write':
      return etcdWriteProbe(context);
    case 'memcached':
      return memcachedProbe(context, services);
    case 'couchbase':
      return couchbaseProbe(context, services);
  }
}

/** Those that are told by etcd where to ask. */
export const discovering: readonly ProbeName[] = ['memcached', 'couchbase'];
