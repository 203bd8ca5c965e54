import { once } from 'node:events';
import type { Server as HttpServer } from 'node:http';
import type { Server } from 'node:net';
import { LabError } from '../../../../errors/lab-error.ts';
import { Authority } from '../auth/authority.ts';
import { UiSessions } from '../auth/ui-sessions.ts';
import { listenForCli } from '../cli/resident/listen.ts';
import { Cluster, type Ports } from '../cluster/cluster.ts';
import { generations } from '../cluster/generation.ts';
import { serverName } from '../cluster/identity.ts';
import { followerOf } from '../follow/start-follower.ts';
import { KvServer } from '../kv/kv-server.ts';
import { kvLimits } from '../kv/limits.ts';
import { bucketRoutes } from '../rest/bucket-routes.ts';
import { clusterRoutes } from '../rest/cluster-routes.ts';
import { couchBaseRoutes } from '../rest/couch-base-routes.ts';
import { documentRoutes } from '../rest/document-routes.ts';
import { createHttpServer } from '../rest/http-server.ts';
import { followRoutes } from '../rest/follow-routes.ts';
import { keptRoutes } from '../rest/kept-routes.ts';
import { readOnlyUserRoutes } from '../rest/read-only-user-routes.ts';
import { scopeRoutes } from '../rest/scope-routes.ts';
import { settingsRoutes } from '../rest/settings-routes.ts';
import { setupRoutes } from '../rest/setup-routes.ts';
import { statisticsRoutes } from '../rest/statistics-routes.ts';
import { streamingRoutes } from '../rest/streaming-routes.ts';
import { uiSessionRoutes } from '../rest/ui-session-routes.ts';
import { unbuiltRoutes } from '../rest/unbuilt-routes.ts';
import { userRoutes } from '../rest/user-routes.ts';
import { viewRoutes } from '../rest/view-routes.ts';
import { unusable } from '../storage/directory.ts';
import { Storage } from '../storage/storage.ts';
import { ViewService } from '../views/service/view-service.ts';
import { listPageFiles } from '../ui/page-files.ts';
import { uiRoutes } from '../ui/routes.ts';
import type { Log } from './log.ts';
import type { ServerOptions } from './options.ts';

/** A running server. */
export interface RunningServer {
  readonly ports: Ports;
  /** Cuts all connections and stops listening. */
  readonly stop: () => void;
}

/** What is built beside the server's own bundle. */
export interface Beside {
  /** Path of the bundle of src/views/indexer/main.ts, which runs views. */
  readonly views: string;
  /** Directory of the console's page. */
  readonly page: string;
}

/**
 * Starts the three listeners: key-value, management, views. Resolves when all of them listen.
 * @param onBroken ends the process: the disk with the data directory does not keep what was to be acknowledged
 * @throws LabError `state.port` when a port cannot be had, those of Storage for the data directory; nothing is left listening then
 */
export async function startServer(
  options: ServerOptions,
  nowMs: () => number,
  log: Log,
  beside: Beside,
  onBroken: (error: LabError) => never = raise,
): Promise<RunningServer> {
  const generation = generations[options.generation];
  const cluster = new Cluster({ nowMs, warmupMs: options.warmupMs, generation, bind: options.bind });
  const authority = new Authority(cluster);
  const storage = options.dataDir === undefined ? undefined : openStorage(options.dataDir, cluster, log, onBroken);
  const commit = (): void => storage?.commit();
  const follower = followerOf(options.follow, { cluster, log, commit, keeper: storage });
  const kv = new KvServer(cluster, log, kvLimits, commit);
  const guard = { authority, sessions: new UiSessions(elapsedMs), isFollowing: () => cluster.isFollowing };
  const views = new ViewService(cluster, beside.views, (text) => log.warn(text));
  const onViews = keptRoutes(storage, viewRoutes(cluster, views));
  const mgmt = createHttpServer({
    routes: [
      ...uiRoutes(generation, await listPageFiles(beside.page)),
      ...uiSessionRoutes(guard),
      ...clusterRoutes(cluster),
      ...keptRoutes(storage, [
        ...setupRoutes(cluster),
        ...settingsRoutes(cluster),
        ...bucketRoutes(cluster, authority),
        ...scopeRoutes(cluster),
        ...userRoutes(cluster),
        ...readOnlyUserRoutes(cluster),
        ...followRoutes(cluster, follower),
      ]),
      ...documentRoutes(cluster, elapsedMs),
      ...couchBaseRoutes(onViews),
      ...statisticsRoutes(cluster),
      ...streamingRoutes(cluster),
      ...unbuiltRoutes,
    ],
    guard,
    log,
    commit,
  });
  const capi = createHttpServer({ routes: onViews, guard, log, commit });
  const ticker = setInterval(() => {
    cluster.tick(kv.connectionCount);
    kv.tick();
    storage?.tick();
  }, 1000);
  let cli: Server | undefined;
  const stop = () => {
    clearInterval(ticker);
    cli?.close();
    follower?.stop();
    kv.close();
    views.stop();
    closeAll([mgmt, capi]);
    storage?.close();
  };
  try {
    await listenAll({ kv: kv.server, capi, mgmt }, cluster, options);
    if (options.cliSocket !== undefined) cli = await listenForCli(options.cliSocket, (text) => log.warn(text));
  } catch (error) {
    stop();
    throw error;
  }
  const { ports } = cluster;
  const where = `key-value ${ports.kv}, management ${ports.mgmt}, views ${ports.capi} on ${options.bind}`;
  log.info(`${serverName}: ${where}; plays Couchbase ${generation.name}`);
  void follower?.run();
  return { ports, stop };
}

const elapsedMs = (): number => performance.now();

function closeAll(servers: readonly HttpServer[]): void {
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
  }
}

function raise(error: LabError): never {
  throw error;
}

function openStorage(directory: string, cluster: Cluster, log: Log, onBroken: (error: LabError) => never): Storage {
  try {
    const storage = new Storage(directory, cluster, { note: (text) => log.warn(text), onBroken });
    const documents = cluster.buckets.reduce((sum, { itemCount }) => sum + itemCount, 0);
    log.info(`data directory ${directory}: ${cluster.buckets.length} buckets, ${documents} documents`);
    return storage;
  } catch (error) {
    throw error instanceof Error && 'syscall' in error ? unusable(directory, error) : error;
  }
}

async function listenAll(
  servers: Record<'kv' | 'capi' | 'mgmt', Server>,
  cluster: Cluster,
  { bind, kvPort, capiPort, mgmtPort }: ServerOptions,
): Promise<void> {
  const kv = await listen(servers.kv, kvPort, bind);
  const capi = await listen(servers.capi, capiPort, bind);
  cluster.ports = { kv, capi, mgmt: mgmtPort };
  // Management last: couchbase-cli takes an answer there as a sign that the node is up.
  cluster.ports = { kv, capi, mgmt: await listen(servers.mgmt, mgmtPort, bind) };
}

async function listen(server: Server, port: number, bind: string): Promise<number> {
  server.listen(port, bind);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new LabError({
      code: 'state.port',
      cause: `cannot listen on ${bind}:${port}: ${error instanceof Error ? error.message : String(error)}`,
      next: 'stop what uses the port, or choose others with --kv-port, --mgmt-port and --capi-port',
      error,
    });
  }
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}
