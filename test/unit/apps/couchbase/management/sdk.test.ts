import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { runNode } from '../support/process.ts';
import { startRunning, type Running } from '../support/running.ts';

let server: Running;
afterEach(() => server.stop());

// SDK 4 does not know which Couchbase it talks to, and may not have to.
test.each(['4.0', '7.6'] as const)('buckets, users and groups by SDK 4, against %s', async (generation) => {
  server = await startRunning({ generation, bucket: { ramQuotaMB: '100' } });
  const script = join(import.meta.dirname, 'sdk-script.ts');
  const { code, stdout, stderr } = await runNode(['--import', 'tsx', script, String(server.ports.kv)]);
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(stdout)).toEqual({
    create: 'done',
    'create again': 'BucketExistsError',
    read: expect.objectContaining({
      name: 'pets',
      ramQuotaMB: 100,
      flushEnabled: true,
      numReplicas: 2,
      replicaIndexes: true,
      bucketType: 'membase',
      compressionMode: 'active',
      evictionPolicy: 'fullEviction',
      minimumDurabilityLevel: 1,
      maxExpiry: 3600,
    }) as unknown,
    'read missing': 'BucketNotFoundError',
    update: 'done',
    updated: { compressionMode: 'off', maxExpiry: 60, evictionPolicy: 'fullEviction', numReplicas: 2 },
    'update missing': 'BucketNotFoundError',
    flush: 'done',
    'close to flush': 'done',
    'flush closed': 'BucketNotFlushableError',
    'replicas too many': 'DurabilityImpossibleError',
    'no replicas': 'done',
    'flush missing': 'BucketNotFoundError',
    ephemeral: 'done',
    magma: 'InvalidArgumentError',
    history: 'InvalidArgumentError',
    list: ['default', 'pets', 'mayfly'],
    drop: 'done',
    'drop missing': 'BucketNotFoundError',
    roles: true,
    group: 'done',
    'group read': {
      name: 'writers',
      description: 'who write',
      roles: [{ name: 'data_writer', bucket: 'pets', scope: '*', collection: '*' }],
    },
    groups: ['writers'],
    'missing group': 'GroupNotFoundError',
    user: 'done',
    'user without password': 'InvalidArgumentError',
    'user read': {
      username: 'jane',
      displayName: 'Jane',
      domain: 'local',
      groups: ['writers'],
      roles: [{ name: 'data_reader', bucket: 'pets', scope: '*', collection: '*' }],
      effective: ['data_reader', 'data_writer'],
    },
    users: ['jane'],
    'missing user': 'UserNotFoundError',
    'jane writes': 'done',
    'jane reads': 1,
    'jane manages': expect.stringMatching(/Error$/u) as string,
    'new password': 'done',
    'old password': 'AuthenticationFailureError',
    password: 'done',
    'group dropped': 'done',
    'missing group dropped': 'GroupNotFoundError',
    'user dropped': 'done',
    'missing user dropped': 'UserNotFoundError',
    'jane is gone': 'AuthenticationFailureError',
  });
});
