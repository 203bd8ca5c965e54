import { readFeatureList, grantFeatures } from '../wire/features.ts';
import { clusterConfig } from '../cluster/config-json.ts';
import { compatibilityVersion } from '../cluster/identity.ts';
import { opcodes } from '../wire/opcodes.ts';
import { failure } from '../wire/response.ts';
import { statuses } from '../wire/status.ts';
import { errorMap } from './error-map.ts';
import type { Handler } from './handler.ts';

/** HELLO, error map, bucket, cluster map, NOOP, VERSION, QUIT. Source: Couchbase "memcached binary protocol". */
export const handshakeHandlers: ReadonlyMap<number, Handler> = new Map<number, Handler>([
  [opcodes.hello, hello],
  [opcodes.getErrorMap, () => ({ status: statuses.success, value: json(errorMap), datatype: 1 })],
  [opcodes.selectBucket, selectBucket],
  [opcodes.getClusterConfig, getClusterConfig],
  [opcodes.noop, () => ({ status: statuses.success })],
  [opcodes.version, () => ({ status: statuses.success, value: Buffer.from(compatibilityVersion) })],
  [opcodes.quit, quit],
]);

/** Commands allowed before authentication. */
export const openOpcodes: ReadonlySet<number> = new Set<number>([
  opcodes.hello,
  opcodes.saslList,
  opcodes.saslAuth,
  opcodes.saslStep,
  opcodes.getErrorMap,
  opcodes.noop,
  opcodes.version,
  opcodes.quit,
]);

function hello(...[{ session }, { value }]: Parameters<Handler>): ReturnType<Handler> {
  const asked = readFeatureList(value);
  if (asked === undefined) return failure(statuses.invalid, 'the list of features has an odd length');
  const granted = grantFeatures(asked);
  session.granted = new Set(granted);
  const answer = Buffer.alloc(granted.length * 2);
  granted.forEach((feature, index) => answer.writeUInt16BE(feature, index * 2));
  return { status: statuses.success, value: answer };
}

// EACCESS rather than KEY_ENOENT: with it SDKs say BucketNotFound and recover by themselves once the bucket is there.
function selectBucket(...[{ cluster, session }, { key }]: Parameters<Handler>): ReturnType<Handler> {
  const bucket = cluster.bucket(key.toString('utf8'));
  if (bucket === undefined) return failure(statuses.noAccess, 'there is no such bucket');
  if (!bucket.isReady(cluster.nowMs())) return failure(statuses.noAccess, 'the bucket is warming up');
  session.bucket = bucket;
  session.scans.clear();
  return { status: statuses.success };
}

function getClusterConfig(...[{ cluster, session }]: Parameters<Handler>): ReturnType<Handler> {
  return { status: statuses.success, value: json(clusterConfig(cluster, session.bucket)), datatype: 1 };
}

function quit(...[{ session }]: Parameters<Handler>): ReturnType<Handler> {
  session.quitting = true;
  return { status: statuses.success };
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}
