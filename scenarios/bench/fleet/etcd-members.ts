import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { waitUntil } from '#provision/machines/wait-until.ts';
import { mustHave } from '#errors/must-have.ts';
import { freePorts } from './free-ports.ts';

/** Members of one etcd cluster on this host's loopback. */
export interface EtcdMembers {
  /** Client URLs. */
  readonly endpoints: readonly string[];
  readonly pids: readonly number[];
  /** gRPC requests that were answered so far, by method: those through the JSON gateway count, too. */
  requests(): Promise<ReadonlyMap<string, number>>;
  stop(): Promise<void>;
}

/**
 * Starts Debian's etcd (package etcd-server) with its data below `directory`.
 * @param more arguments of each member
 * @throws LabError `timeout.condition` when a member has not become healthy
 */
export async function startEtcd(directory: string, size: number, more: readonly string[] = []): Promise<EtcdMembers> {
  const ports = await freePorts(2 * size);
  const url = (port: number | undefined): string => `http://127.0.0.1:${port}`;
  const members = Array.from({ length: size }, (_, n) => ({
    name: `m${n}`,
    client: url(ports[2 * n]),
    peer: url(ports[2 * n + 1]),
  }));
  const cluster = members.map(({ name, peer }) => `${name}=${peer}`).join(',');
  const children = members.map(({ name, client, peer }) =>
    spawn('etcd', [...argumentsOf({ name, client, peer, cluster, directory: join(directory, name) }), ...more], {
      stdio: 'ignore',
    }),
  );
  const endpoints = members.map(({ client }) => client);
  const stop = async (): Promise<void> => void (await Promise.all(children.map(killed)));
  const isHealthy = async (): Promise<boolean> =>
    (await Promise.all(endpoints.map((endpoint) => textOf(`${endpoint}/health`)))).every((text) =>
      text.includes('"true"'),
    );
  try {
    const condition = `all ${size} members of etcd are healthy`;
    await waitUntil({ condition, deadlineMs: 60_000, everyMs: 50, next: 'etcd --version', check: isHealthy });
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    endpoints,
    pids: children.map(({ pid }) => mustHave(pid, 'process of a member')),
    requests: async () => handled(await Promise.all(endpoints.map((endpoint) => textOf(`${endpoint}/metrics`)))),
    stop,
  };
}

/** Of pages of Prometheus metrics: `grpc_server_handled_total{grpc_code="OK",grpc_method="Txn",...} 12`. */
function handled(pages: readonly string[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const page of pages) {
    for (const [, method = '', count] of page.matchAll(
      /^grpc_server_handled_total\{.*grpc_method="(\w+)".*\} (\S+)$/gm,
    ))
      found.set(method, (found.get(method) ?? 0) + Number(count));
  }
  return found;
}

async function textOf(url: string): Promise<string> {
  return fetch(url).then(
    (answer) => answer.text(),
    () => '',
  );
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const over = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await over;
}

function argumentsOf(member: Readonly<Record<'name' | 'client' | 'peer' | 'cluster' | 'directory', string>>): string[] {
  const flags = {
    name: member.name,
    'data-dir': member.directory,
    'initial-cluster': member.cluster,
    'listen-client-urls': member.client,
    'advertise-client-urls': member.client,
    'listen-peer-urls': member.peer,
    'initial-advertise-peer-urls': member.peer,
    logger: 'zap',
    'log-level': 'error',
  };
  return Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`);
}
