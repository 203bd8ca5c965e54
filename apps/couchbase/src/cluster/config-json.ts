import type { Bucket } from '../bucket/bucket.ts';
import { manifestUid } from '../bucket/manifest-json.ts';
import { vbucketCount } from '../bucket/vbucket.ts';
import type { Cluster } from './cluster.ts';

/**
 * The cluster map as GET_CLUSTER_CONFIG and /pools/default/b/BUCKET give it; without a bucket the cluster-level one.
 * A wrong type anywhere aborts the client's process, hence the narrow types here and the test of each field.
 * No host name is named: clients then use the address they dialled, right also behind Docker's port mapping.
 * revEpoch is about the start time, so that a restarted server's map is newer than the one clients still hold.
 */
export function clusterConfig(cluster: Cluster, bucket?: Bucket): ClusterConfig {
  const { kv, mgmt, capi } = cluster.ports;
  const base = {
    rev: cluster.revision,
    revEpoch: cluster.epoch,
    nodesExt: [{ thisNode: true, services: { kv, mgmt, capi } }] as const,
    clusterCapabilitiesVer: [1, 0] as const,
    clusterCapabilities: {},
  };
  if (bucket === undefined) return base;
  return {
    ...base,
    name: bucket.name,
    uuid: bucket.uuid,
    nodeLocator: 'vbucket',
    bucketCapabilities,
    collectionsManifestUid: manifestUid(bucket.collections),
    vBucketServerMap: vbucketServerMap(`$HOST:${kv}`),
  };
}

/** All vBuckets on one server. It holds no replicas, whatever the bucket asks for. @param server host and key-value port */
export function vbucketServerMap(server: string): VbucketServerMap {
  return { hashAlgorithm: 'CRC', numReplicas: 0, serverList: [server], vBucketMap };
}

const vBucketMap = Array.from({ length: vbucketCount }, () => [0] as const);

export const bucketCapabilities = [
  'collections',
  'couchapi',
  'cbhello',
  'touch',
  'cccp',
  'nodesExt',
  'durableWrite',
  'preserve_expiry',
  'xattr',
  'tombstonedUserXAttrs',
  'rangeScan',
  'subdoc.AccessDeleted',
  'subdoc.ReplaceBodyWithXattr',
  'subdoc.DocumentMacroSupport',
  'subdoc.ReviveDocument',
  'subdoc.ReplicaRead',
] as const;

export interface ClusterConfig {
  readonly rev: number;
  readonly revEpoch: number;
  readonly nodesExt: readonly {
    readonly thisNode: boolean;
    readonly services: { readonly kv: number; readonly mgmt: number; readonly capi: number };
  }[];
  readonly clusterCapabilitiesVer: readonly number[];
  readonly clusterCapabilities: Readonly<Record<string, never>>;
  readonly name?: string;
  readonly uuid?: string;
  readonly nodeLocator?: 'vbucket';
  readonly bucketCapabilities?: readonly string[];
  /** Hexadecimal text, never a number. */
  readonly collectionsManifestUid?: string;
  readonly vBucketServerMap?: VbucketServerMap;
}

interface VbucketServerMap {
  readonly hashAlgorithm: 'CRC';
  readonly numReplicas: number;
  readonly serverList: readonly string[];
  readonly vBucketMap: readonly (readonly number[])[];
}
