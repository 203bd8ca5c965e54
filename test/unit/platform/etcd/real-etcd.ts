import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '#test/support/free-ports.ts';
import { standStill } from '../../../support/stand-still.ts';

export interface RealEtcd {
  /** Client URLs, one a member. */
  readonly endpoints: string[];
  /** SIGKILL one member; its data stays. */
  kill(member?: number): Promise<void>;
  /** Start a killed member again on its old ports with its old data. */
  start(member?: number): Promise<void>;
  /** Stop (SIGSTOP) or continue (SIGCONT) a member: alive but silent. */
  signal(member: number, signal: 'SIGSTOP' | 'SIGCONT'): Promise<void>;
  stop(): Promise<void>;
}

/** Debian's etcd (package etcd-server) on free loopback ports with a data directory of its own. Throws when it is not installed. */
export async function realEtcd(opts: { members?: number; args?: string[]; host?: string } = {}): Promise<RealEtcd> {
  if (spawnSync('etcd', ['--version']).status !== 0) {
    throw new Error('etcd is not installed: apt-get install --no-install-recommends etcd-server');
  }
  const dir = await mkdtemp(join(tmpdir(), 'lab-etcd-'));
  const count = opts.members ?? 1;
  const ports = await freePorts(count * 2);
  const url = (port: number | undefined) => `http://127.0.0.1:${port}`;
  const client = (i: number) => url(ports[i * 2]);
  const peer = (i: number) => url(ports[i * 2 + 1]);
  const names = Array.from({ length: count }, (_, i) => i);
  const processes: (ChildProcess | undefined)[] = [];

  const launch = (i: number) => {
    processes[i] = spawn(
      'etcd',
      [
        '--name',
        `m${i}`,
        '--data-dir',
        join(dir, `m${i}`),
        '--logger',
        'zap',
        '--log-level',
        'error',
        '--listen-client-urls',
        client(i),
        '--advertise-client-urls',
        client(i),
        '--listen-peer-urls',
        peer(i),
        '--initial-advertise-peer-urls',
        peer(i),
        '--initial-cluster',
        names.map((n) => `m${n}=${peer(n)}`).join(','),
        ...(opts.args ?? []),
      ],
      { stdio: 'ignore' },
    );
  };
  const kill = async (i: number) => {
    const child = processes[i];
    processes[i] = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  };

  names.forEach(launch);
  await Promise.all(names.map((i) => healthy(client(i))));
  return {
    endpoints: names.map(client),
    kill: (member = 0) => kill(member),
    async start(member = 0) {
      launch(member);
      await healthy(client(member));
    },
    async signal(member, signal) {
      const child = processes[member];
      if (signal === 'SIGSTOP') await standStill(child?.pid ?? 0);
      else child?.kill(signal);
    },
    async stop() {
      await Promise.all(names.map(kill));
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Until members that were started have a leader. */
const startMs = 60_000;

async function healthy(endpoint: string): Promise<void> {
  const endAt = Date.now() + startMs;
  for (;;) {
    const answer = await fetch(`${endpoint}/health`, { signal: AbortSignal.timeout(5_000) }).then(
      (res) => res.text(),
      () => '',
    );
    if (answer.includes('"true"')) return;
    if (Date.now() > endAt)
      throw new Error(`etcd at ${endpoint} did not become healthy within ${startMs} ms: ${answer}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
