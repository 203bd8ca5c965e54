import { cpus, totalmem, freemem } from 'node:os';
import type { Cluster } from '../cluster/cluster.ts';

/** The name of the one node within its cluster. */
export function otpNode({ hostname }: Cluster): string {
  return `ns_1@${hostname}`;
}

/** This node as /nodes/self and the `nodes` lists show it. `host` is the address the caller used. */
export function nodeJson(cluster: Cluster, host: string, status: 'healthy' | 'warmup' = 'healthy'): NodeJson {
  const { kv, mgmt, capi } = cluster.ports;
  return {
    hostname: `${host}:${mgmt}`,
    configuredHostname: `${cluster.hostname.includes(':') ? `[${cluster.hostname}]` : cluster.hostname}:${mgmt}`,
    otpNode: otpNode(cluster),
    thisNode: true,
    status,
    clusterMembership: 'active',
    recoveryType: 'none',
    clusterCompatibility: cluster.generation.compatibility,
    version: cluster.generation.version,
    os: `${process.arch}-${process.platform}-node${process.versions.node}`,
    couchApiBase: `http://${host}:${capi}/`,
    ports: { direct: kv },
    services: [...cluster.services],
    uptime: String(Math.floor((cluster.nowMs() - cluster.startedAtMs) / 1000)),
    cpuCount: cpus().length,
    memoryTotal: totalmem(),
    memoryFree: freemem(),
    mcdMemoryAllocated: cluster.memoryQuotaMb,
    mcdMemoryReserved: cluster.memoryQuotaMb,
    memoryQuota: cluster.memoryQuotaMb,
    indexMemoryQuota: cluster.settings.indexMemoryQuotaMb,
    interestingStats: {
      curr_items: cluster.buckets.reduce((sum, { itemCount }) => sum + itemCount, 0),
      mem_used: cluster.buckets.reduce((sum, { usedBytes }) => sum + usedBytes, 0),
      ops: cluster.buckets.reduce((sum, { history }) => sum + history.opsPerSecond, 0),
    },
  };
}

/** Clients' parsers abort on wrong types: ports below 65536, texts and lists as declared. */
export interface NodeJson {
  readonly hostname: string;
  readonly configuredHostname: string;
  readonly otpNode: string;
  readonly thisNode: boolean;
  readonly status: 'healthy' | 'warmup';
  readonly clusterMembership: 'active';
  readonly recoveryType: 'none';
  readonly clusterCompatibility: number;
  readonly version: string;
  readonly os: string;
  readonly couchApiBase: string;
  readonly ports: { readonly direct: number };
  readonly services: readonly string[];
  readonly uptime: string;
  readonly cpuCount: number;
  readonly memoryTotal: number;
  readonly memoryFree: number;
  readonly mcdMemoryAllocated: number;
  readonly mcdMemoryReserved: number;
  readonly memoryQuota: number;
  readonly indexMemoryQuota: number;
  readonly interestingStats: Readonly<Record<string, number>>;
}

/** The host part of a request's Host header, without port; what a client can reach, also through a port mapping. */
export function hostOf(header: string | readonly string[] | undefined): string {
  const text = typeof header === 'string' ? header : '';
  return text.replace(/:\d+$/u, '') || '127.0.0.1';
}
