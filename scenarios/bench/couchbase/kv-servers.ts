import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { LabError } from '#errors/lab-error.ts';
import { waitUntil } from '#provision/machines/wait-until.ts';
import { mustHave } from '#errors/must-have.ts';
import { freePorts } from '../fleet/free-ports.ts';
import type { Login } from './pipelined-load.ts';

/** A key-value server as a process of its own. */
export interface KvServerProcess {
  readonly pid: number;
  readonly port: number;
  readonly login?: Login;
  /** Ends it, by SIGKILL where `crash` says so. */
  stop(crash?: 'crash'): Promise<void>;
}

const deadlineMs = 120_000;

/** Debian's memcached, with four threads and memory enough. @throws LabError `timeout.condition` */
export async function startMemcached(): Promise<KvServerProcess> {
  const [port = 0] = await freePorts(1);
  const child = spawn('memcached', ['-u', 'nobody', '-l', '127.0.0.1', '-p', String(port), '-t', '4', '-m', '2048'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await waitUntil({
    condition: `memcached listens on port ${port}`,
    deadlineMs,
    everyMs: 20,
    next: 'apt-get install memcached',
    check: () => listens(port),
  });
  return { pid: mustHave(child.pid, 'process of the server'), port, stop: () => end(child) };
}

const login = { user: 'Administrator', password: 'Password1', bucket: 'default' } as const;

/** A server of Couchbase's three ports. */
export interface CouchbaseProcess extends KvServerProcess {
  readonly login: Login;
  readonly mgmt: number;
  readonly views: number;
}

/**
 * The embedded Couchbase. One that was not set up before gets a bucket.
 * @param program path of the bundle server.cjs @param dataDir undefined for one that keeps nothing
 */
export async function startCouchbase(program: string, dataDir?: string): Promise<CouchbaseProcess> {
  const server = await startBareCouchbase(program, dataDir === undefined ? [] : [`--data-dir=${dataDir}`]);
  await setUp(server.mgmt);
  return server;
}

/** The same without its set-up. @param more flags of the server */
export async function startBareCouchbase(program: string, more: readonly string[] = []): Promise<CouchbaseProcess> {
  const flags = ['--bind=127.0.0.1', '--kv-port=0', '--mgmt-port=0', '--capi-port=0'];
  const child = spawn(process.execPath, [program, ...flags, ...more], { stdio: ['ignore', 'pipe', 'inherit'] });
  const { kv: port, ...ports } = await portsOf(child);
  return {
    pid: mustHave(child.pid, 'process of the server'),
    port,
    ...ports,
    login,
    stop: (crash) => end(child, crash),
  };
}

async function portsOf(child: ChildProcess) {
  if (child.stdout === null) throw new TypeError('the server has no standard output');
  for await (const line of createInterface({ input: child.stdout })) {
    const ports = /key-value (\d+), management (\d+), views (\d+)/u.exec(line);
    if (ports !== null) {
      child.stdout.resume();
      const [kv = 0, mgmt = 0, views = 0] = ports.slice(1).map(Number);
      return { kv, mgmt, views };
    }
  }
  throw new LabError({ code: 'command.couchbase-bench', cause: 'the server ended', next: 'npm run build' });
}

/** By REST. Statuses are not looked at: a server that is set up already refuses all of it. */
export async function setUp(port: number): Promise<void> {
  const authorization = basicOf(login);
  const post = (path: string, form: Record<string, string>) =>
    fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      headers: { authorization },
      body: new URLSearchParams(form),
    }).then((response) => response.arrayBuffer());
  const { user: username, password } = login;
  await post('/clusterInit', { services: 'kv', username, password, port: 'SAME', memoryQuota: '2048' });
  await post('/pools/default/buckets', { name: login.bucket, ramQuotaMB: '2000', replicaNumber: '0' });
}

/** The header that says who asks (RFC 7617). */
export function basicOf({ user, password }: Pick<Login, 'user' | 'password'>): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

async function end(child: ChildProcess, crash?: 'crash'): Promise<void> {
  const ended = once(child, 'exit');
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(crash === 'crash' ? 'SIGKILL' : 'SIGTERM');
  await ended;
}
