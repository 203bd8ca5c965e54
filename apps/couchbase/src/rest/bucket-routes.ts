import type { Bucket } from '../bucket/bucket.ts';
import { checkBucketName, checkBucketSettings } from '../cluster/checks.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { clusterConfig } from '../cluster/config-json.ts';
import { bucketJson, bucketStats } from './bucket-json.ts';
import { formOf, refuse, unknownPool, type RestRequest, type RestResponse, type Route } from './exchange.ts';
import { hostOf } from './node-json.ts';

/** Buckets on the management port: create, read, change, delete, statistics, flush, design document list. */
export function bucketRoutes(cluster: Cluster): Route[] {
  const on = (handle: (bucket: Bucket, request: RestRequest) => RestResponse): Route['handle'] => {
    return (request, [name = '']) => {
      if (!cluster.isInitialised) return unknownPool;
      const bucket = cluster.bucket(name);
      return bucket === undefined
        ? { status: 404, text: 'Requested resource not found.\r\n' }
        : handle(bucket, request);
    };
  };
  const show = (bucket: Bucket, request: RestRequest) => bucketJson(cluster, bucket, hostOf(request.headers['host']));
  return [
    {
      method: 'GET',
      pattern: /^\/pools\/default\/buckets$/u,
      handle: (request) =>
        cluster.isInitialised
          ? { status: 200, json: cluster.buckets.map((bucket) => show(bucket, request)) }
          : unknownPool,
    },
    { method: 'POST', pattern: /^\/pools\/default\/buckets$/u, handle: (request) => create(cluster, request) },
    {
      method: 'GET',
      pattern: one(''),
      handle: on((bucket, request) => ({ status: 200, json: show(bucket, request) })),
    },
    { method: 'POST', pattern: one(''), handle: on((bucket, request) => change(cluster, bucket, request)) },
    { method: 'DELETE', pattern: one(''), handle: on((bucket) => remove(cluster, bucket)) },
    { method: 'GET', pattern: one('/stats'), handle: on((bucket) => ({ status: 200, json: bucketStats(bucket) })) },
    { method: 'POST', pattern: one('/controller/doFlush'), handle: on(flush) },
    { method: 'GET', pattern: one('/ddocs'), handle: on((bucket) => ({ status: 200, json: designList(bucket) })) },
    {
      method: 'GET',
      pattern: /^\/pools\/default\/b\/([^/]+)$/u,
      handle: on((bucket) => ({ status: 200, json: clusterConfig(cluster, bucket) })),
    },
  ];
}

function one(rest: string): RegExp {
  return new RegExp(`^/pools/default/buckets/([^/]+)${rest}$`, 'u');
}

function create(cluster: Cluster, request: RestRequest): RestResponse {
  if (!cluster.isInitialised) return unknownPool;
  const form = formOf(request);
  const name = form.get('name') ?? '';
  const wrongName = checkBucketName(cluster, name);
  const checked = checkBucketSettings(cluster, form, name);
  const problems = { ...('problems' in checked ? checked.problems : {}), ...wrongName };
  if ('problems' in checked || Object.keys(problems).length > 0) return refuse(problems);
  if (request.query.get('just_validate') === '1') return { status: 200, json: { errors: {}, summaries: {} } };
  cluster.createBucket(name, checked.value);
  return { status: 202, text: '' };
}

function change(cluster: Cluster, bucket: Bucket, request: RestRequest): RestResponse {
  const checked = checkBucketSettings(cluster, formOf(request), bucket.name);
  if ('problems' in checked) return refuse(checked.problems);
  bucket.settings = checked.value;
  return { status: 200, text: '' };
}

function remove(cluster: Cluster, bucket: Bucket): RestResponse {
  cluster.deleteBucket(bucket);
  return { status: 200, text: '' };
}

function flush(bucket: Bucket): RestResponse {
  if (!bucket.settings.flushEnabled) return { status: 400, json: { _: 'Flush is disabled for the bucket' } };
  bucket.flush();
  return { status: 200, text: '' };
}

function designList(bucket: Bucket) {
  return {
    rows: bucket.designs.list().map(({ name, revision, source }) => ({
      doc: { meta: { id: `_design/${name}`, rev: `${revision}-00000000` }, json: source },
    })),
  };
}
