import { expect, test } from 'vitest';
import { z } from 'zod';
import { defaultBucketSettings } from '#apps/couchbase/src/bucket/bucket-settings.ts';
import { Cluster } from '#apps/couchbase/src/cluster/cluster.ts';
import { clusterConfig } from '#apps/couchbase/src/cluster/config-json.ts';
import { errorMap } from '#apps/couchbase/src/kv/error-map.ts';
import { bucketJson } from '#apps/couchbase/src/rest/bucket-json.ts';
import { statuses } from '#apps/couchbase/src/wire/status.ts';

// A wrong type in any of these ends the user's process by SIGABRT instead of an exception.
const port = z.int().min(1).max(65535);
const hex = z.string().regex(/^[0-9a-f]+$/u);
const config = z.strictObject({
  rev: z.int().positive(),
  revEpoch: z.int().positive(),
  nodesExt: z
    .array(
      z.strictObject({ thisNode: z.literal(true), services: z.strictObject({ kv: port, mgmt: port, capi: port }) }),
    )
    .length(1),
  clusterCapabilitiesVer: z.array(z.int()),
  clusterCapabilities: z.strictObject({}),
});
const bucketConfig = config.extend({
  name: z.literal('default'),
  uuid: hex,
  nodeLocator: z.literal('vbucket'),
  bucketCapabilities: z.array(z.string()),
  collectionsManifestUid: hex,
  vBucketServerMap: z.strictObject({
    hashAlgorithm: z.literal('CRC'),
    numReplicas: z.literal(0),
    serverList: z.array(z.string().regex(/^\$HOST:\d+$/u)).length(1),
    vBucketMap: z.array(z.tuple([z.literal(0)])).length(1024),
  }),
});

function cluster(startedAtMs = 1_700_000_000_000): Cluster {
  const made = new Cluster({ nowMs: () => startedAtMs, warmupMs: 0 });
  made.ports = { kv: 11210, mgmt: 8091, capi: 8092 };
  return made;
}
const settings = defaultBucketSettings(100);
const overTheWire = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

test('cluster map, without and with a bucket', () => {
  const made = cluster();
  expect(() => config.parse(overTheWire(clusterConfig(made)))).not.toThrow();
  expect(() =>
    bucketConfig.parse(overTheWire(clusterConfig(made, made.createBucket('default', settings)))),
  ).not.toThrow();
});

test('the map of a restarted server is newer than any of its predecessor', () => {
  const [before, after] = [cluster(1_700_000_000_000), cluster(1_700_000_000_900)];
  before.createBucket('a', settings);
  expect(clusterConfig(after).revEpoch).toBeGreaterThan(clusterConfig(before).revEpoch);
});

test('the revision grows with every change of buckets', () => {
  const made = cluster();
  const revisions = [clusterConfig(made).rev];
  const bucket = made.createBucket('a', settings);
  revisions.push(clusterConfig(made).rev);
  made.deleteBucket(bucket);
  revisions.push(clusterConfig(made).rev);
  expect(revisions).toEqual([1, 2, 3]);
});

test.each([
  [0, 1],
  [1, 1],
  [2, 2],
  [3, 2],
])('error map for a client that reads version %i: %i', (newest, version) => {
  expect(errorMap(newest)).toMatchObject({ version, revision: 2 });
});

test('error map: every status this server can answer, each with name, text and attributes', () => {
  const entry = z.strictObject({ name: z.string().min(1), desc: z.string().min(1), attrs: z.array(z.string()).min(1) });
  const shape = z.strictObject({ version: z.literal(2), revision: z.int(), errors: z.record(hex, entry) });
  const { errors } = shape.parse(overTheWire(errorMap(2)));
  expect(Object.keys(errors).toSorted()).toEqual(
    Object.values(statuses)
      .map((status) => status.toString(16))
      .toSorted(),
  );
});

test('bucket JSON has what the SDK reads without asking whether it is there', () => {
  const made = cluster();
  const bucket = made.createBucket('default', settings);
  const required = z.object({
    name: z.string(),
    uuid: hex,
    quota: z.object({ rawRAM: z.int().positive() }),
    replicaNumber: z.int().min(0),
    bucketType: z.literal('membase'),
    evictionPolicy: z.literal('valueOnly'),
    conflictResolutionType: z.literal('seqno'),
    controllers: z.strictObject({}),
    numVBuckets: z.literal(1024),
    nodes: z.array(
      z.object({
        status: z.string(),
        hostname: z.string(),
        version: z.string(),
        services: z.array(z.string()),
        ports: z.record(z.string(), port),
      }),
    ),
  });
  expect(() => required.parse(overTheWire(bucketJson(made, bucket, '10.1.1.2')))).not.toThrow();
  bucket.settings = { ...settings, flushEnabled: true };
  expect(bucketJson(made, bucket, '10.1.1.2').controllers).toEqual({
    flush: '/pools/default/buckets/default/controller/doFlush',
  });
});
