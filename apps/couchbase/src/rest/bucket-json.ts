import type { Bucket } from '../bucket/bucket.ts';
import { manifestUid } from '../bucket/manifest-json.ts';
import { vbucketCount } from '../bucket/vbucket.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { bucketCapabilities, vbucketServerMap } from '../cluster/config-json.ts';
import { nodeJson } from './node-json.ts';

/**
 * A bucket as /pools/default/buckets shows it. SDKs abort on a missing or mistyped field: see the test of the shape.
 * @param host address that the caller used
 * @param withPassword the caller may know the bucket's own password
 */
export function bucketJson(cluster: Cluster, bucket: Bucket, host: string, withPassword = false) {
  const { settings, history, usedBytes } = bucket;
  const uri = `/pools/default/buckets/${encodeURIComponent(bucket.name)}`;
  const quota = settings.ramQuotaMb * 1024 * 1024;
  const ephemeral = settings.type === 'ephemeral';
  return {
    name: bucket.name,
    uuid: bucket.uuid,
    bucketType: settings.type,
    storageBackend: ephemeral ? 'undefined' : 'couchstore',
    authType: 'sasl',
    saslPassword: withPassword ? (settings.password ?? '') : '',
    proxyPort: 0,
    uri: `${uri}?bucket_uuid=${bucket.uuid}`,
    streamingUri: `/pools/default/bucketsStreaming/${encodeURIComponent(bucket.name)}?bucket_uuid=${bucket.uuid}`,
    localRandomKeyUri: `${uri}/localRandomKey`,
    // `flush` is there exactly when flushing is allowed: clients read the setting from that.
    controllers: settings.flushEnabled ? { flush: `${uri}/controller/doFlush` } : {},
    stats: { uri: `${uri}/stats` },
    ddocs: { uri: `${uri}/ddocs` },
    nodes: [nodeJson(cluster, host, bucket.isReady(cluster.nowMs()) ? 'healthy' : 'warmup')],
    nodeLocator: 'vbucket',
    numVBuckets: vbucketCount,
    replicaNumber: settings.replicas,
    vBucketServerMap: vbucketServerMap(`${host}:${cluster.ports.kv}`),
    replicaIndex: settings.replicaIndex,
    threadsNumber: settings.threads,
    maxTTL: settings.maxTtlS,
    compressionMode: settings.compressionMode,
    durabilityMinLevel: settings.durabilityMinLevel,
    evictionPolicy: settings.evictionPolicy,
    conflictResolutionType: 'seqno',
    bucketCapabilitiesVer: '',
    bucketCapabilities: [...bucketCapabilities],
    collectionsManifestUid: manifestUid(bucket.collections),
    quota: { ram: quota, rawRAM: quota },
    basicStats: {
      quotaPercentUsed: (usedBytes / quota) * 100,
      opsPerSec: history.opsPerSecond,
      diskFetches: 0,
      itemCount: bucket.itemCount,
      diskUsed: 0,
      dataUsed: 0,
      memUsed: usedBytes,
    },
  };
}
