import { checkAdministrator, checkMemoryQuota, checkServices } from '../cluster/checks.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { clusterConfig } from '../cluster/config-json.ts';
import { compatibilityVersion, serverName } from '../cluster/identity.ts';
import { formOf, refuse, unbuilt, type RestRequest, type RestResponse, type Route } from './exchange.ts';
import { hostOf, nodeJson } from './node-json.ts';

/** Pools, node and the two ways to initialise: step by step (4.0 to 7.0) and /clusterInit (7.1 on). */
export function clusterRoutes(cluster: Cluster): Route[] {
  const poolExists =
    (handle: Route['handle']): Route['handle'] =>
    (request, captured) =>
      cluster.isInitialised ? handle(request, captured) : { status: 404, json: 'unknown pool' };
  return [
    { method: 'GET', pattern: /^\/pools$/u, open: true, handle: () => ({ status: 200, json: pools(cluster) }) },
    {
      method: 'GET',
      pattern: /^\/pools\/default$/u,
      handle: poolExists((request) => ({ status: 200, json: pool(cluster, request) })),
    },
    { method: 'POST', pattern: /^\/pools\/default$/u, handle: (request) => setQuota(cluster, request) },
    {
      method: 'GET',
      pattern: /^\/pools\/nodes$/u,
      handle: poolExists((request) => ({ status: 200, json: pool(cluster, request) })),
    },
    {
      method: 'GET',
      pattern: /^\/pools\/default\/nodeServices$/u,
      handle: poolExists(() => ({ status: 200, json: clusterConfig(cluster) })),
    },
    {
      method: 'GET',
      pattern: /^\/nodes\/self$/u,
      handle: (request) => ({ status: 200, json: nodeJson(cluster, host(request)) }),
    },
    {
      method: 'POST',
      pattern: /^\/node\/controller\/setupServices$/u,
      handle: (request) => setServices(cluster, request),
    },
    { method: 'POST', pattern: /^\/node\/controller\/rename$/u, handle: () => ok },
    { method: 'POST', pattern: /^\/settings\/web$/u, handle: (request) => setAdministrator(cluster, request) },
    { method: 'POST', pattern: /^\/settings\/(?:indexes|stats)$/u, handle: () => ok },
    { method: 'POST', pattern: /^\/clusterInit$/u, handle: (request) => initialise(cluster, request) },
    ...['GET', 'PUT', 'POST', 'DELETE'].map((method) => ({
      method,
      pattern: /^\/(?:settings\/(?:rbac|readOnly).*|controller\/changePassword)$/u,
      handle: () => unbuilt('user management'),
    })),
  ];
}

const ok: RestResponse = { status: 200, text: '' };

function host(request: RestRequest): string {
  return hostOf(request.headers['host']);
}

function pools(cluster: Cluster) {
  const ready = cluster.isInitialised;
  return {
    pools: ready ? [{ name: 'default', uri: '/pools/default', streamingUri: '/poolsStreaming/default' }] : [],
    uuid: ready ? cluster.uuid : [],
    isAdminCreds: ready,
    isEnterprise: false,
    implementationVersion: compatibilityVersion,
    product: serverName,
    componentsVersion: { ns_server: compatibilityVersion },
    settings: {},
  };
}

function pool(cluster: Cluster, request: RestRequest) {
  return {
    name: 'default',
    clusterName: '',
    nodes: [nodeJson(cluster, host(request))],
    buckets: { uri: '/pools/default/buckets' },
    memoryQuota: cluster.memoryQuotaMb,
    indexMemoryQuota: cluster.indexMemoryQuotaMb,
    rebalanceStatus: 'none',
    balanced: true,
    maxBucketCount: 30,
    storageTotals: {
      ram: {
        quotaTotal: cluster.memoryQuotaMb * 1024 * 1024,
        quotaUsed: cluster.buckets.reduce((sum, { settings }) => sum + settings.ramQuotaMb * 1024 * 1024, 0),
        used: cluster.buckets.reduce((sum, { store }) => sum + store.usedBytes, 0),
      },
    },
  };
}

function setServices(cluster: Cluster, request: RestRequest): RestResponse {
  const checked = checkServices(formOf(request).get('services') ?? '');
  if ('problems' in checked) return refuse(checked.problems);
  if (cluster.isInitialised && String(checked.value) !== String(cluster.services)) {
    return refuse({ services: 'cannot change node services after cluster is provisioned' });
  }
  cluster.services = checked.value;
  return ok;
}

function setAdministrator(cluster: Cluster, request: RestRequest): RestResponse {
  const checked = checkAdministrator(formOf(request));
  if ('problems' in checked) return refuse(checked.problems);
  cluster.setAdministrator(checked.value.user, checked.value.password);
  return { status: 200, json: { newBaseUri: `http://${host(request)}:${cluster.ports.mgmt}/` } };
}

function setQuota(cluster: Cluster, request: RestRequest): RestResponse {
  const form = formOf(request);
  const quota = form.get('memoryQuota');
  if (quota === null) return ok;
  const checked = checkMemoryQuota(cluster, quota);
  if ('problems' in checked) return refuse(checked.problems);
  cluster.memoryQuotaMb = checked.value;
  return ok;
}

/** All at once, and nothing if any part is wrong. */
function initialise(cluster: Cluster, request: RestRequest): RestResponse {
  if (cluster.isInitialised) return refuse({ _: 'Cluster is already initialized' });
  const form = formOf(request);
  const services = checkServices(form.get('services') ?? 'kv');
  const administrator = checkAdministrator(form);
  const quota = form.has('memoryQuota')
    ? checkMemoryQuota(cluster, form.get('memoryQuota'))
    : { value: cluster.memoryQuotaMb };
  const problems = [services, administrator, quota].flatMap((checked) =>
    'problems' in checked ? [checked.problems] : [],
  );
  if ('problems' in services || 'problems' in administrator || 'problems' in quota)
    return refuse(Object.fromEntries(problems.flatMap((one) => Object.entries(one))));
  cluster.services = services.value;
  cluster.memoryQuotaMb = quota.value;
  cluster.setAdministrator(administrator.value.user, administrator.value.password);
  return { status: 200, json: { newBaseUri: `http://${host(request)}:${cluster.ports.mgmt}/` } };
}
