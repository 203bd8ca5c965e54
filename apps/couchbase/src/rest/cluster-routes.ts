import type { Principal } from '../auth/principal.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { maxBuckets } from '../cluster/check-bucket.ts';
import { clusterConfig } from '../cluster/config-json.ts';
import { serverName } from '../cluster/identity.ts';
import { formOf, unknownPool, type RestRequest, type RestResponse, type Route } from './exchange.ts';
import { hostOf, nodeJson, otpNode } from './node-json.ts';

/** Pools and node as they are, and what a cluster of one node can be asked. */
export function clusterRoutes(cluster: Cluster): Route[] {
  const poolExists =
    (handle: Route['handle']): Route['handle'] =>
    (request, captured) =>
      cluster.isInitialised ? handle(request, captured) : unknownPool;
  return [
    {
      method: 'GET',
      pattern: /^\/pools$/u,
      open: true,
      handle: ({ caller }) => ({ status: 200, json: pools(cluster, caller) }),
    },
    {
      method: 'GET',
      pattern: /^\/pools\/default$/u,
      needs: { area: 'pools', to: 'read' },
      handle: poolExists((request) => ({ status: 200, json: poolJson(cluster, host(request)) })),
    },
    {
      method: 'GET',
      pattern: /^\/pools\/nodes$/u,
      needs: { area: 'pools', to: 'read' },
      handle: poolExists((request) => ({ status: 200, json: poolJson(cluster, host(request)) })),
    },
    {
      method: 'GET',
      pattern: /^\/pools\/default\/nodeServices$/u,
      needs: { area: 'pools', to: 'read' },
      handle: poolExists(() => ({ status: 200, json: clusterConfig(cluster) })),
    },
    {
      method: 'GET',
      pattern: /^\/nodes\/self$/u,
      handle: (request) => ({ status: 200, json: nodeJson(cluster, host(request)) }),
    },
    {
      method: 'GET',
      pattern: /^\/pools\/default\/tasks$/u,
      handle: poolExists(() => ({ status: 200, json: [{ type: 'rebalance', status: 'notRunning' }] })),
    },
    {
      method: 'GET',
      pattern: /^\/pools\/default\/rebalanceProgress$/u,
      handle: poolExists(() => ({ status: 200, json: { status: 'none' } })),
    },
    {
      method: 'POST',
      pattern: /^\/controller\/rebalance$/u,
      handle: poolExists((request) => rebalance(cluster, request)),
    },
    ...['GET', 'POST', 'PUT', 'DELETE'].map((method) => ({
      method,
      pattern: /^\/pools\/default\/serverGroups(?:\/.*)?$/u,
      handle: () => ({ status: 400, text: 'This http API endpoint requires enterprise edition' }),
    })),
  ];
}

const ok: RestResponse = { status: 200, text: '' };

function host(request: RestRequest): string {
  return hostOf(request.headers['host']);
}

function pools(cluster: Cluster, caller: Principal) {
  const ready = cluster.isInitialised;
  return {
    pools: ready ? [{ name: 'default', uri: '/pools/default', streamingUri: '/poolsStreaming/default' }] : [],
    uuid: ready ? cluster.uuid : [],
    isAdminCreds: !ready || caller.kind === 'administrator',
    isEnterprise: false,
    implementationVersion: cluster.generation.version,
    generation: cluster.generation.name,
    product: serverName,
    componentsVersion: { ns_server: cluster.generation.version },
    settings: {},
  };
}

/** The cluster as /pools/default shows it. @param host address that the caller used */
export function poolJson(cluster: Cluster, host: string) {
  return {
    name: 'default',
    clusterName: cluster.settings.clusterName,
    nodes: [nodeJson(cluster, host)],
    buckets: { uri: '/pools/default/buckets' },
    memoryQuota: cluster.memoryQuotaMb,
    indexMemoryQuota: cluster.settings.indexMemoryQuotaMb,
    ftsMemoryQuota: cluster.settings.ftsMemoryQuotaMb,
    rebalanceStatus: 'none',
    balanced: true,
    maxBucketCount: maxBuckets,
    storageTotals: {
      ram: {
        quotaTotal: cluster.memoryQuotaMb * 1024 * 1024,
        quotaUsed: cluster.buckets.reduce((sum, { settings }) => sum + settings.ramQuotaMb * 1024 * 1024, 0),
        used: cluster.buckets.reduce((sum, { usedBytes }) => sum + usedBytes, 0),
      },
    },
  };
}

/** One node is always balanced. */
function rebalance(cluster: Cluster, request: RestRequest): RestResponse {
  const namesIn = (field: string) => (formOf(request).get(field) ?? '').split(',').filter((name) => name !== '');
  const known = namesIn('knownNodes');
  if (known.length === 0) return { status: 400, json: { empty_known_nodes: 1 } };
  const isThisOne = known.length === 1 && known[0] === otpNode(cluster) && namesIn('ejectedNodes').length === 0;
  return isThisOne ? ok : { status: 400, json: { mismatch: 1 } };
}
