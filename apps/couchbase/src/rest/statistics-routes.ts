import type { Bucket } from '../bucket/bucket.ts';
import { intervalMs, zooms, type Zoom } from '../bucket/statistics/bucket-statistics.ts';
import { statisticNames, type Sample, type StatisticName } from '../bucket/statistics/sample.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { refuseInWords, unknownPool, type RestRequest, type RestResponse, type Route } from './exchange.ts';
import { hostOf } from './node-json.ts';

/**
 * Statistics of a bucket over time (Couchbase Server documentation "Getting bucket statistics"): all of them, one of them, and the
 * same by node. `zoom` says how far back; `haveTStamp` (ms) leaves out what the caller has already.
 */
export function statisticsRoutes(cluster: Cluster): Route[] {
  const on = (handle: (bucket: Bucket, wanted: Wanted, request: RestRequest) => RestResponse): Route['handle'] => {
    return (request, [name = '', more = '']) => {
      if (!cluster.isInitialised) return unknownPool;
      const bucket = cluster.bucket(name);
      if (bucket === undefined) return notThere;
      const wanted = readWanted(request.query, more);
      return typeof wanted === 'string' ? refuseInWords(wanted) : handle(bucket, wanted, request);
    };
  };
  const nodeName = (request: RestRequest) => `${hostOf(request.headers['host'])}:${cluster.ports.mgmt}`;
  const needs = { area: 'bucket', to: 'read' } as const;
  const get = (pattern: RegExp, handle: Route['handle']): Route => ({ method: 'GET', pattern, needs, handle });
  const all = on((bucket, wanted) => ({ status: 200, json: bucketStatistics(bucket, wanted) }));
  return [
    get(/^\/pools\/default\/buckets\/([^/]+)\/stats$/u, all),
    get(/^\/pools\/default\/buckets\/([^/]+)\/nodes\/[^/]+\/stats$/u, all),
    get(
      /^\/pools\/default\/buckets\/([^/]+)\/stats\/([^/]+)$/u,
      on((bucket, wanted, request) => oneStatistic(bucket, wanted, nodeName(request))),
    ),
    get(
      /^\/pools\/default\/buckets\/([^/]+)\/nodes$/u,
      on((bucket, _, request) => ({ status: 200, json: nodeList(bucket, nodeName(request)) })),
    ),
  ];
}

const notThere: RestResponse = { status: 404, text: 'Requested resource not found.\r\n' };

interface Wanted {
  /** Name of a statistic, empty where the path has none. */
  readonly name: string;
  readonly zoom: Zoom;
  /** Samples up to this time are left out, ms. */
  readonly afterMs: number;
}

/** Text says what is wrong. */
function readWanted(query: URLSearchParams, name: string): Wanted | string {
  const asked = query.get('zoom') ?? 'minute';
  const zoom = zooms.find((known) => known === asked);
  if (zoom === undefined) return `zoom must be one of ${zooms.join(', ')}, got ${JSON.stringify(asked)}`;
  const afterMs = Number(query.get('haveTStamp') ?? 0);
  return Number.isFinite(afterMs) ? { name, zoom, afterMs } : 'haveTStamp must be a time in milliseconds';
}

function samplesOf(bucket: Bucket, { zoom, afterMs }: Wanted): readonly Sample[] {
  return bucket.history.samples(zoom).filter(({ timestamp }) => timestamp > afterMs);
}

function frame(bucket: Bucket, samples: readonly Sample[], zoom: Zoom) {
  return {
    samplesCount: samples.length,
    isPersistent: bucket.settings.type === 'membase',
    lastTStamp: samples.at(-1)?.timestamp ?? 0,
    interval: intervalMs(zoom),
  };
}

/** All statistics of a bucket, a column each; the console reads them too. */
export function bucketStatistics(bucket: Bucket, wanted: Wanted) {
  const samples = samplesOf(bucket, wanted);
  const columns = statisticNames.map((name) => [name, samples.map(({ values }) => values[name])] as const);
  return {
    op: {
      samples: { timestamp: samples.map(({ timestamp }) => timestamp), ...Object.fromEntries(columns) },
      ...frame(bucket, samples, wanted.zoom),
    },
    hot_keys: [],
  };
}

function oneStatistic(bucket: Bucket, wanted: Wanted, node: string): RestResponse {
  const name: StatisticName | undefined = statisticNames.find((known) => known === wanted.name);
  if (name === undefined) return notThere;
  const samples = samplesOf(bucket, wanted);
  return {
    status: 200,
    json: {
      ...frame(bucket, samples, wanted.zoom),
      timestamp: samples.map(({ timestamp }) => timestamp),
      nodeStats: { [node]: samples.map(({ values }) => values[name]) },
    },
  };
}

function nodeList(bucket: Bucket, node: string) {
  const uri = `/pools/default/buckets/${encodeURIComponent(bucket.name)}/nodes/${encodeURIComponent(node)}`;
  return { servers: [{ hostname: node, uri, stats: { uri: `${uri}/stats` } }] };
}
