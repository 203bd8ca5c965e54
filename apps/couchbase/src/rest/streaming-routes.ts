import type { Bucket } from '../bucket/bucket.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { clusterConfig } from '../cluster/config-json.ts';
import { bucketJson } from './bucket-json.ts';
import { poolJson } from './cluster-routes.ts';
import { unknownPool, type RestRequest, type RestResponse, type Route } from './exchange.ts';
import { followChanges } from './follow-changes.ts';
import { hostOf } from './node-json.ts';

/** Ends each configuration of a stream (libcouchbase, bc_http.h: CONFIG_DELIMITER). Alone it is a sign of life. */
const delimiter = '\n\n\n\n';

/** Shorter than what an idle client is given (http-server.ts). */
const heartbeatMs = 20_000;

/**
 * Configurations that are told again at each change, as SDKs up to 2.x follow them: `bs/BUCKET` in short, `bucketsStreaming/BUCKET` whole.
 * They end when the bucket does.
 */
export function streamingRoutes(cluster: Cluster): Route[] {
  const follow = (current: () => unknown): RestResponse => ({
    status: 200,
    jsonPieces: followChanges({
      current: () => {
        const json = current();
        return json === undefined ? undefined : `${JSON.stringify(json)}${delimiter}`;
      },
      onChange: (listener) => cluster.onChange(listener),
      heartbeatMs,
      heartbeat: delimiter,
    }),
  });
  const ofBucket = (show: (bucket: Bucket, request: RestRequest) => unknown): Route['handle'] => {
    return (request, [name = '']) => {
      if (!cluster.isInitialised) return unknownPool;
      const first = cluster.bucket(name);
      if (first === undefined) return { status: 404, text: 'Requested resource not found.\r\n' };
      // A bucket that is made anew under the same name is another one.
      return follow(() => (cluster.bucket(name) === first ? show(first, request) : undefined));
    };
  };
  const host = (request: RestRequest) => hostOf(request.headers['host']);
  const bucketNeeds = { area: 'bucket', to: 'read' } as const;
  const poolNeeds = { area: 'pools', to: 'read' } as const;
  return [
    {
      method: 'GET',
      pattern: /^\/pools\/default\/bs\/([^/]+)$/u,
      needs: bucketNeeds,
      handle: ofBucket((bucket) => clusterConfig(cluster, bucket)),
    },
    {
      method: 'GET',
      pattern: /^\/pools\/default\/bucketsStreaming\/([^/]+)$/u,
      needs: bucketNeeds,
      handle: ofBucket((bucket, request) => bucketJson(cluster, bucket, host(request))),
    },
    {
      method: 'GET',
      pattern: /^\/pools\/default\/nodeServicesStreaming$/u,
      needs: poolNeeds,
      handle: () => (cluster.isInitialised ? follow(() => clusterConfig(cluster)) : unknownPool),
    },
    {
      method: 'GET',
      pattern: /^\/poolsStreaming\/default$/u,
      needs: poolNeeds,
      handle: (request) => (cluster.isInitialised ? follow(() => poolJson(cluster, host(request))) : unknownPool),
    },
  ];
}
