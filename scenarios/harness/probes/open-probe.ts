import { pageProbe } from './page.ts';
import type { Probe, ProbeContext } from './probe.ts';
import type { ProbeName } from './sample.ts';
import { socketProbe } from './socket.ts';

/** The probe of this name. */
export async function openProbe(name: ProbeName, context: ProbeContext): Promise<Probe> {
  switch (name) {
    case 'page':
      return pageProbe(context);
    case 'socket':
      return socketProbe(context);
    case 'etcd-read':
    case 'etcd-write':
    case 'memcached':
    case 'couchbase':
      return { name, ask: () => undefined, disconnect: () => undefined, trouble: () => 'not built yet' };
  }
}
