import { readFeatureList, grantFeatures } from '../wire/features.ts';
import { clusterConfig } from '../cluster/config-json.ts';
import { opcodes } from '../wire/opcodes.ts';
import { failure } from '../wire/response.ts';
import { statuses } from '../wire/status.ts';
import { mayOpen } from './access.ts';
import { errorMap } from './error-map.ts';
import type { Handler } from './handler.ts';
import { stat } from './statistics/stat.ts';

/** HELLO, error map, bucket, cluster map, NOOP, VERSION, QUIT. Source: Couchbase "memcached binary protocol". */
export const handshakeHandlers: ReadonlyMap<number, Handler> = new Map<number, Handler>([
  [opcodes.hello, hello],
  [opcodes.getErrorMap, getErrorMap],
  [opcodes.selectBucket, selectBucket],
  [opcodes.getClusterConfig, getClusterConfig],
  [opcodes.noop, () => ({ status: statuses.success })],
  [opcodes.version, ({ cluster }) => ({ status: statuses.success, value: Buffer.from(cluster.generation.version) })],
  [opcodes.quit, quit],
  [opcodes.quitQuietly, quitQuietly],
  [opcodes.stat, stat],
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
  opcodes.quitQuietly,
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

/** The body names the newest version of the map that the client reads; one that is newer is refused by older clients. */
function getErrorMap(...[, { value }]: Parameters<Handler>): ReturnType<Handler> {
  if (value.length !== 2) return failure(statuses.invalid, 'the body must be a version of two bytes');
  return { status: statuses.success, value: json(errorMap(value.readUInt16BE())), datatype: 1 };
}

// EACCESS rather than KEY_ENOENT: with it SDKs say BucketNotFound and recover by themselves once the bucket is there.
function selectBucket(...[context, { key }]: Parameters<Handler>): ReturnType<Handler> {
  const { cluster, session } = context;
  const bucket = cluster.bucket(key.toString('utf8'));
  if (bucket === undefined) return failure(statuses.noAccess, 'there is no such bucket');
  if (!bucket.isReady(cluster.nowMs())) return failure(statuses.noAccess, 'the bucket is warming up');
  if (!mayOpen(context, bucket)) return failure(statuses.noAccess, 'the user has no role for the bucket');
  session.bucket = bucket;
  session.access = undefined;
  session.scans.clear();
  return { status: statuses.success };
}

function getClusterConfig(...[{ cluster, session }]: Parameters<Handler>): ReturnType<Handler> {
  return { status: statuses.success, value: json(clusterConfig(cluster, session.bucket)), datatype: 1 };
}

function quitQuietly(...[{ session }]: Parameters<Handler>): ReturnType<Handler> {
  session.quitting = true;
  return { status: statuses.success, silent: true };
}

function quit(...[{ session }]: Parameters<Handler>): ReturnType<Handler> {
  session.quitting = true;
  return { status: statuses.success };
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}
