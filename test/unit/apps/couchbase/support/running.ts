import type { Ports } from '#apps/couchbase/src/cluster/cluster.ts';
import type { GenerationName } from '#apps/couchbase/src/cluster/generation.ts';
import { startServer } from '#apps/couchbase/src/server/start.ts';
import { ask, administrator } from './rest.ts';

export interface Running {
  readonly ports: Ports;
  readonly log: readonly string[];
  stop(): void;
}

/** A server in this process on free ports, initialised and with the chapter's bucket unless told otherwise. */
export async function startRunning(
  args: {
    initialise?: boolean;
    bucket?: Record<string, string>;
    warmupMs?: number;
    nowMs?: () => number;
    viewsProgram?: string;
    generation?: GenerationName;
    pageDirectory?: string;
    dataDir?: string;
  } = {},
): Promise<Running> {
  const log: string[] = [];
  const note = (text: string) => void log.push(text);
  const options = {
    bind: '127.0.0.1',
    kvPort: 0,
    mgmtPort: 0,
    capiPort: 0,
    startDelayMs: 0,
    warmupMs: args.warmupMs ?? 0,
    generation: args.generation ?? ('7.6' as const),
    dataDir: args.dataDir,
  };
  const { ports, stop } = await startServer(
    options,
    args.nowMs ?? Date.now,
    { info: note, warn: note },
    { views: args.viewsProgram ?? 'no views in this test', page: args.pageDirectory ?? 'no page in this test' },
  );
  if (args.initialise !== false) {
    const [username = '', password = ''] = administrator.split(':');
    await ask(ports.mgmt, 'POST', '/clusterInit', {
      form: { services: 'kv', username, password, port: 'SAME', memoryQuota: '700' },
    });
    const form = { name: 'default', bucketType: 'couchbase', ramQuotaMB: '500', replicaNumber: '0', ...args.bucket };
    await ask(ports.mgmt, 'POST', '/pools/default/buckets', { auth: administrator, form });
  }
  return { ports, log, stop };
}
