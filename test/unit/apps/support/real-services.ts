import { spawn, spawnSync } from 'node:child_process';
import { connect as dial } from 'node:net';
import { startServer } from '#apps/couchbase/src/server/start.ts';
import { freePorts } from '#test/support/free-ports.ts';
import { standStill } from '../../../support/stand-still.ts';
import { bundleViews } from '../couchbase/support/bundles.ts';

export interface RealService {
  /** `127.0.0.1:PORT` */
  readonly address: string;
  stop(): Promise<void>;
}

/** A Couchbase node of the lab's own on free loopback ports, made ready as the couchbase@ unit does (cluster-init, bucket-create). */
export async function readyCouchbase(kvPort = 0): Promise<RealService> {
  const quiet = { info: () => undefined, warn: () => undefined };
  const options = {
    bind: '127.0.0.1',
    kvPort,
    mgmtPort: 0,
    capiPort: 0,
    startDelayMs: 0,
    warmupMs: 0,
    generation: '4.0',
  } as const;
  const views = await bundleViews();
  const server = await startServer(options, Date.now, quiet, { views: views.path, page: 'no page in this test' });
  const rest = async (path: string, form: Record<string, string>): Promise<void> => {
    const response = await fetch(`http://127.0.0.1:${server.ports.mgmt}${path}`, {
      method: 'POST',
      body: new URLSearchParams(form),
      headers: { authorization: `Basic ${btoa('Administrator:Password1')}` },
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  };
  await rest('/node/controller/setupServices', { services: 'kv,index,n1ql' });
  await rest('/pools/default', { memoryQuota: '500' });
  await rest('/settings/web', { port: 'SAME', username: 'Administrator', password: 'Password1' });
  await rest('/pools/default/buckets', {
    name: 'default',
    bucketType: 'couchbase',
    authType: 'sasl',
    ramQuotaMB: '500',
    replicaNumber: '1',
  });
  return {
    address: `127.0.0.1:${server.ports.kv}`,
    stop: async () => {
      server.stop();
      await views.remove();
    },
  };
}

export interface RealMemcached extends RealService {
  /** Until it is done: stands still, is gone, or has been told to go on. */
  readonly signal: (signal: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL') => Promise<void>;
}

/** Debian's memcached on a free loopback port. Throws when it is not installed. */
export async function realMemcached(): Promise<RealMemcached> {
  if (spawnSync('memcached', ['--version']).status !== 0) {
    throw new Error('memcached is not installed: apt-get install --no-install-recommends memcached');
  }
  const [port = 0] = await freePorts(1);
  const args = ['-l', '127.0.0.1', '-p', String(port), '-U', '0', '-u', 'nobody'];
  const child = spawn('memcached', args, { stdio: 'ignore' });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await accepts(port);
  return {
    address: `127.0.0.1:${port}`,
    signal: async (signal) => {
      if (signal === 'SIGSTOP') return standStill(child.pid ?? 0);
      child.kill(signal);
      if (signal === 'SIGKILL') await gone;
    },
    stop: async () => {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

async function accepts(port: number): Promise<void> {
  for (const endAt = Date.now() + 30_000; Date.now() < endAt;) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = dial(port, '127.0.0.1');
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`nothing accepts on port ${port}`);
}
