import { totalmem } from 'node:os';
import {
  checkAdministrator,
  checkClusterName,
  checkHostname,
  checkMemoryQuota,
  checkPort,
  checkServiceQuota,
  checkServices,
  checkTotalQuota,
} from '../cluster/checks.ts';
import { checkSendStats, checkStorageMode } from '../cluster/cluster-settings.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { problemsOf } from '../cluster/form-values.ts';
import { formOf, refuse, refuseInWords, unbuilt, type RestRequest, type RestResponse, type Route } from './exchange.ts';
import { hostOf, otpNode } from './node-json.ts';

/**
 * The two ways to set a node up: step by step (4.0 to 7.0) and /clusterInit (7.1 on). Statuses and bodies of each step before and
 * after set-up are ns_server's (menelaus_web_cluster.erl, menelaus_web_node.erl, menelaus_web_settings.erl).
 */
export function setupRoutes(cluster: Cluster): Route[] {
  return [
    { method: 'POST', pattern: /^\/pools\/default$/u, handle: (request) => setQuota(cluster, request) },
    {
      method: 'POST',
      pattern: /^\/node\/controller\/setupServices$/u,
      handle: (request) => setServices(cluster, request),
    },
    {
      method: 'POST',
      pattern: /^\/node\/controller\/rename$/u,
      handle: (request) => rename(cluster, request),
    },
    {
      method: 'POST',
      pattern: /^\/nodes\/self\/controller\/settings$/u,
      handle: (request) => setPaths(cluster, request),
    },
    {
      method: 'POST',
      pattern: /^\/settings\/web$/u,
      needs: { area: 'security', to: 'write' },
      handle: (request) => setAdministrator(cluster, request),
    },
    { method: 'POST', pattern: /^\/clusterInit$/u, handle: (request) => initialise(cluster, request) },
  ];
}

const ok: RestResponse = { status: 200, text: '' };

/** Services are chosen before the node is set up; a second time is refused, the same ones or not. */
function setServices(cluster: Cluster, request: RestRequest): RestResponse {
  if (cluster.isInitialised) return refuseInWords('cannot change node services after cluster is provisioned');
  const checked = checkServices(formOf(request).get('services') ?? '');
  if ('problems' in checked) return refuseInWords(...Object.values(checked.problems));
  cluster.services = checked.value;
  return ok;
}

/** Node lists show the name; clients get no host name from this node (see config-json.ts), and so follow no name that leads nowhere. */
function rename(cluster: Cluster, request: RestRequest): RestResponse {
  const checked = checkHostname(formOf(request));
  if ('problems' in checked) return refuseInWords(...Object.values(checked.problems));
  cluster.hostname = checked.value;
  cluster.noteChange();
  return ok;
}

/** Directories for data, indexes and so on, which a node without a disk does not need. */
function setPaths(cluster: Cluster, request: RestRequest): RestResponse {
  if (cluster.isInitialised)
    return refuseInWords('Changing data of nodes that are part of provisioned cluster is not supported');
  const relative = [...formOf(request)].filter(([, path]) => !path.startsWith('/'));
  return relative.length === 0
    ? ok
    : refuseInWords(...relative.map(([field]) => `An absolute path is required for ${field}`));
}

function setAdministrator(cluster: Cluster, request: RestRequest): RestResponse {
  const form = formOf(request);
  const port = checkPort(form, cluster.ports.mgmt);
  const checked = checkAdministrator(form);
  if ('problems' in checked || 'problems' in port) {
    return refuse({ ...('problems' in port && port.problems), ...('problems' in checked && checked.problems) });
  }
  if (port.value === 'moved') return unbuilt('moving the management port');
  if (request.query.get('just_validate') === '1') return ok;
  cluster.setAdministrator(checked.value.user, checked.value.password);
  return { status: 200, json: { newBaseUri: `http://${hostOf(request.headers['host'])}:${cluster.ports.mgmt}/` } };
}

/** Quotas and the cluster's name; nothing is changed if any of them is wrong. */
function setQuota(cluster: Cluster, request: RestRequest): RestResponse {
  const form = formOf(request);
  const { settings } = cluster;
  const memory = form.has('memoryQuota')
    ? checkMemoryQuota(cluster, form.get('memoryQuota'))
    : { value: cluster.memoryQuotaMb };
  const index = checkServiceQuota(form, 'index', settings.indexMemoryQuotaMb);
  const fts = checkServiceQuota(form, 'fts', settings.ftsMemoryQuotaMb);
  const name = checkClusterName(form, settings.clusterName);
  if ('problems' in memory || 'problems' in index || 'problems' in fts || 'problems' in name)
    return refuse(problemsOf(memory, index, fts, name));
  const total = checkTotalQuota({ kv: memory.value, index: index.value }, cluster.services, nodeOf(cluster));
  if ('problems' in total) return refuse(total.problems);
  cluster.memoryQuotaMb = memory.value;
  settings.indexMemoryQuotaMb = index.value;
  settings.ftsMemoryQuotaMb = fts.value;
  settings.clusterName = name.value;
  return ok;
}

function nodeOf(cluster: Cluster) {
  return { node: otpNode(cluster), memoryBytes: totalmem() };
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
  const { settings } = cluster;
  const name = checkClusterName(form, settings.clusterName);
  const hostname = form.has('hostname') ? checkHostname(form) : { value: cluster.hostname };
  const mode = checkStorageMode(
    new URLSearchParams(form.has('indexerStorageMode') ? { storageMode: form.get('indexerStorageMode') ?? '' } : {}),
    settings.storageMode,
    false,
  );
  const stats = form.has('sendStats') ? checkSendStats(form) : { value: settings.sendStats };
  if (
    'problems' in services ||
    'problems' in administrator ||
    'problems' in quota ||
    'problems' in name ||
    'problems' in hostname ||
    'problems' in mode ||
    'problems' in stats
  )
    return refuse(problemsOf(services, administrator, quota, name, hostname, mode, stats));
  const quotas = { kv: quota.value, index: settings.indexMemoryQuotaMb };
  const total = checkTotalQuota(quotas, services.value, nodeOf(cluster));
  if ('problems' in total) return refuse(total.problems);
  settings.clusterName = name.value;
  settings.storageMode = mode.value;
  settings.sendStats = stats.value;
  cluster.hostname = hostname.value;
  cluster.services = services.value;
  cluster.memoryQuotaMb = quota.value;
  cluster.setAdministrator(administrator.value.user, administrator.value.password);
  return { status: 200, json: { newBaseUri: `http://${hostOf(request.headers['host'])}:${cluster.ports.mgmt}/` } };
}
