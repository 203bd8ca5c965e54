import type { Bucket } from '../bucket/bucket.ts';
import { nameProblem } from '../bucket/collection-names.ts';
import { defaultName } from '../bucket/collections.ts';
import { bucketLimits } from '../bucket/limits.ts';
import { manifestJson, manifestUid } from '../bucket/manifest-json.ts';
import type { Cluster } from '../cluster/cluster.ts';
import {
  formOf,
  refuse,
  unbuilt,
  unknownPool,
  type Captured,
  type RestRequest,
  type RestResponse,
  type Route,
} from './exchange.ts';

/** Longest maxTTL, seconds. */
const maxTtlLimit = 2 ** 31 - 1;

type OnBucket = (bucket: Bucket, request: RestRequest, names: Captured) => RestResponse;

/** Scopes and collections of a bucket. Clients match the words of refusals: they are ns_server's (menelaus_web_collections.erl). */
export function scopeRoutes(cluster: Cluster): Route[] {
  const route = (method: string, rest: string, handle: OnBucket): Route => ({
    method,
    needs: { area: 'collections', to: method === 'GET' ? 'read' : 'write' },
    pattern: new RegExp(`^/pools/default/buckets/([^/]+)/scopes${rest}$`, 'u'),
    handle: (request, [bucketName = '', ...names]) => {
      if (!cluster.isInitialised) return unknownPool;
      const bucket = cluster.bucket(bucketName);
      return bucket === undefined
        ? { status: 404, text: 'Requested resource not found.\r\n' }
        : handle(bucket, request, names);
    },
  });
  return [
    route('GET', '', (bucket) => ({ status: 200, json: manifestJson(bucket.collections) })),
    route('POST', '', createScope),
    route('PUT', '', () => unbuilt('setting of all scopes at once')),
    route('POST', '/@ensureManifest/([^/]+)', ensureManifest),
    route('DELETE', '/([^/@]+)', dropScope),
    route('POST', '/([^/@]+)/collections', createCollection),
    route('PATCH', '/([^/@]+)/collections/([^/]+)', changeCollection),
    route('DELETE', '/([^/@]+)/collections/([^/]+)', dropCollection),
  ];
}

function createScope(bucket: Bucket, request: RestRequest): RestResponse {
  const { collections } = bucket;
  const name = formOf(request).get('name');
  const problem = nameProblem(name);
  if (name === null || problem !== undefined) return refuse({ name: problem ?? '' });
  if (collections.scope(name) !== undefined) return refuse({ _: `Scope with name "${name}" already exists` });
  if (collections.scopes.length >= bucketLimits.collections) return tooMany('scopes');
  collections.createScope(name);
  return changed(bucket);
}

function dropScope(bucket: Bucket, _: RestRequest, [name = '']: Captured): RestResponse {
  if (bucket.collections.scope(name) === undefined) return noScope(name);
  if (name === defaultName) return refuse({ _: 'Deleting _default scope is not allowed' });
  bucket.collections.dropScope(name);
  return changed(bucket);
}

function createCollection(bucket: Bucket, request: RestRequest, [scopeName = '']: Captured): RestResponse {
  const { collections } = bucket;
  const form = formOf(request);
  const name = form.get('name');
  const maxTtl = readMaxTtl(form);
  const problems = {
    ...named('name', nameProblem(name)),
    ...named('maxTTL', typeof maxTtl === 'string' ? maxTtl : undefined),
    ...named('history', historyProblem(form)),
  };
  if (name === null || typeof maxTtl === 'string' || Object.keys(problems).length > 0) return refuse(problems);
  const scope = collections.scope(scopeName);
  if (scope === undefined) return noScope(scopeName);
  if (scope.collections.has(name))
    return refuse({ _: `Collection with name "${name}" in scope "${scopeName}" already exists` });
  if (collections.stores.length >= bucketLimits.collections) return tooMany('collections');
  collections.createCollection(scopeName, name, maxTtl ?? 0);
  return changed(bucket);
}

function changeCollection(bucket: Bucket, request: RestRequest, names: Captured): RestResponse {
  const form = formOf(request);
  const maxTtl = readMaxTtl(form);
  const problems = {
    ...named('maxTTL', typeof maxTtl === 'string' ? maxTtl : undefined),
    ...named('history', historyProblem(form)),
  };
  if (typeof maxTtl === 'string' || Object.keys(problems).length > 0) return refuse(problems);
  const [scope = '', name = ''] = names;
  const missing = noCollection(bucket, scope, name);
  if (missing !== undefined) return missing;
  if (maxTtl !== undefined) bucket.collections.changeCollection(scope, name, maxTtl);
  return changed(bucket);
}

function dropCollection(bucket: Bucket, _: RestRequest, [scope = '', name = '']: Captured): RestResponse {
  const missing = noCollection(bucket, scope, name);
  if (missing !== undefined) return missing;
  // The views and every client that knows no collections are on it.
  if (scope === defaultName && name === defaultName)
    return refuse({ _: 'Cannot drop the _default collection: this embedded server needs it' });
  bucket.collections.dropCollection(scope, name);
  return changed(bucket);
}

/** One node has a manifest as soon as it is made. */
function ensureManifest({ collections }: Bucket, _: RestRequest, [uid = '']: Captured): RestResponse {
  if (!/^[0-9a-f]{1,16}$/i.test(uid)) return { status: 400, text: 'Invalid UID' };
  return BigInt(`0x${uid}`) <= BigInt(collections.uid) ? { status: 200, text: '' } : { status: 504, text: 'timeout' };
}

/** Seconds, undefined where the form has none, or what is wrong with it. */
function readMaxTtl(form: URLSearchParams): number | undefined | string {
  const text = form.get('maxTTL');
  if (text === null) return undefined;
  const seconds = /^(?:-1|\d{1,10})$/.test(text) ? Number(text) : NaN;
  return seconds <= maxTtlLimit ? seconds : `The value must be in range from -1 to ${maxTtlLimit}`;
}

function historyProblem(form: URLSearchParams): string | undefined {
  const text = form.get('history');
  return text === null || text === 'false' ? undefined : 'Bucket must have storage_mode=magma, not couchstore';
}

function named(field: string, problem: string | undefined): Record<string, string> {
  return problem === undefined ? {} : { [field]: problem };
}

function noScope(name: string): RestResponse {
  return { status: 404, json: { errors: { _: `Scope with name "${name}" is not found` } } };
}

function noCollection({ collections }: Bucket, scopeName: string, name: string): RestResponse | undefined {
  const scope = collections.scope(scopeName);
  if (scope === undefined) return noScope(scopeName);
  if (scope.collections.has(name)) return undefined;
  return {
    status: 404,
    json: { errors: { _: `Collection with name "${name}" in scope "${scopeName}" is not found` } },
  };
}

function tooMany(what: 'scopes' | 'collections'): RestResponse {
  const text = `Maximum number of ${what} (${bucketLimits.collections}) for this bucket has been reached`;
  return { status: 429, json: { errors: { _: text } } };
}

function changed({ collections }: Bucket): RestResponse {
  return { status: 200, json: { uid: manifestUid(collections) } };
}
