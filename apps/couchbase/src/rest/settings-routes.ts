import { checkAutoFailover, checkSendStats, checkStorageMode } from '../cluster/cluster-settings.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { formOf, refuse, type RestRequest, type RestResponse, type Route } from './exchange.ts';

/** Settings that set-up scripts make: read and kept, before and after initialisation, once and again. */
export function settingsRoutes(cluster: Cluster): Route[] {
  const { settings } = cluster;
  return [
    {
      method: 'GET',
      pattern: /^\/settings\/web$/u,
      handle: () => shown({ port: cluster.ports.mgmt, username: cluster.credentials?.user ?? '', password: '' }),
    },
    { method: 'GET', pattern: /^\/settings\/indexes$/u, handle: () => shown(indexSettings(cluster)) },
    { method: 'POST', pattern: /^\/settings\/indexes$/u, handle: (request) => setIndexes(cluster, request) },
    { method: 'GET', pattern: /^\/settings\/stats$/u, handle: () => shown({ sendStats: settings.sendStats }) },
    {
      method: 'POST',
      pattern: /^\/settings\/stats$/u,
      handle: (request) => {
        const checked = checkSendStats(formOf(request));
        if ('problems' in checked) return refuse(checked.problems);
        settings.sendStats = checked.value;
        return done;
      },
    },
    {
      method: 'GET',
      pattern: /^\/settings\/autoFailover$/u,
      // One node has nowhere to fail over to: the count stays 0.
      handle: () =>
        shown({
          enabled: settings.autoFailover.enabled,
          timeout: settings.autoFailover.timeoutS,
          count: 0,
          maxCount: 1,
        }),
    },
    {
      method: 'POST',
      pattern: /^\/settings\/autoFailover$/u,
      handle: (request) => {
        const checked = checkAutoFailover(formOf(request), settings.autoFailover);
        if ('problems' in checked) return refuse(checked.problems);
        settings.autoFailover = checked.value;
        return done;
      },
    },
    { method: 'POST', pattern: /^\/settings\/autoFailover\/resetCount$/u, handle: () => done },
  ];
}

const done: RestResponse = { status: 200, text: '' };

function shown(json: unknown): RestResponse {
  return { status: 200, json };
}

function indexSettings({ settings }: Cluster) {
  return {
    storageMode: settings.storageMode,
    indexerThreads: 0,
    memorySnapshotInterval: 200,
    stableSnapshotInterval: 5000,
    maxRollbackPoints: 2,
    logLevel: 'info',
  };
}

function setIndexes(cluster: Cluster, request: RestRequest): RestResponse {
  const { settings, services, isInitialised } = cluster;
  const runsIndex = isInitialised && services.includes('index');
  const checked = checkStorageMode(formOf(request), settings.storageMode, runsIndex);
  if ('problems' in checked) return refuse(checked.problems);
  settings.storageMode = checked.value;
  return shown(indexSettings(cluster));
}
