import type { Authority } from '../auth/authority.ts';
import type { Access, Area } from '../auth/permission.ts';
import type { Bucket } from '../bucket/bucket.ts';
import { checkBucketName, checkBucketSettings } from '../cluster/check-bucket.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { clusterConfig } from '../cluster/config-json.ts';
import { bucketJson } from './bucket-json.ts';
import { formOf, refuse, unknownPool, type Need, type RestRequest, type RestResponse, type Route } from './exchange.ts';
import { hostOf } from './node-json.ts';

/** Buckets on the management port: create, read, change, delete, flush, design document list. */
export function bucketRoutes(cluster: Cluster, authority: Authority): Route[] {
  const show = (bucket: Bucket, { caller, headers }: RestRequest) => {
    const isAdministrator = authority.may(caller, { area: 'settings', to: 'write', bucket: bucket.name });
    return bucketJson(cluster, bucket, hostOf(headers['host']), isAdministrator);
  };
  const maySee = (bucket: Bucket, { caller }: RestRequest) =>
    authority.may(caller, { area: 'bucket', to: 'read', bucket: bucket.name });
  return [
    {
      method: 'GET',
      pattern: /^\/pools\/default\/buckets$/u,
      needs: { area: 'pools', to: 'read' },
      handle: (request) => {
        if (!cluster.isInitialised) return unknownPool;
        const seen = cluster.buckets.filter((bucket) => maySee(bucket, request));
        return { status: 200, json: seen.map((bucket) => show(bucket, request)) };
      },
    },
    { method: 'POST', pattern: /^\/pools\/default\/buckets$/u, handle: (request) => create(cluster, request) },
    ...oneBucketRoutes(cluster, show),
  ];
}

function oneBucketRoutes(cluster: Cluster, show: (bucket: Bucket, request: RestRequest) => unknown): Route[] {
  type Handle = (bucket: Bucket, request: RestRequest) => RestResponse;
  const on = (method: string, pattern: RegExp, needs: Need, handle: Handle): Route => ({
    method,
    pattern,
    needs,
    handle: (request, [name = '']) => {
      if (!cluster.isInitialised) return unknownPool;
      const bucket = cluster.bucket(name);
      return bucket === undefined
        ? { status: 404, text: 'Requested resource not found.\r\n' }
        : handle(bucket, request);
    },
  });
  const to = (area: Area, access: Access): Need => ({ area, to: access });
  const shown = (json: unknown): RestResponse => ({ status: 200, json });
  return [
    on('GET', one(''), to('bucket', 'read'), (bucket, request) => shown(show(bucket, request))),
    on('POST', one(''), to('settings', 'write'), (bucket, request) => change(cluster, bucket, request)),
    on('DELETE', one(''), to('bucket', 'write'), (bucket) => remove(cluster, bucket)),
    on('POST', one('/controller/doFlush'), to('flush', 'write'), flush),
    on('GET', one('/ddocs'), to('views', 'read'), (bucket) => shown(designList(bucket))),
    on('GET', /^\/pools\/default\/b\/([^/]+)$/u, to('bucket', 'read'), (bucket) =>
      shown(clusterConfig(cluster, bucket)),
    ),
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
  if (request.query.get('just_validate') === '1') return { status: 200, json: { errors: {}, summaries: {} } };
  bucket.settings = checked.value;
  cluster.noteChange();
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
