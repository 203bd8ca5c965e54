import type { Bucket } from '../../bucket/bucket.ts';
import { manifestUid } from '../../bucket/manifest-json.ts';
import { vbucketCount, vbucketOf } from '../../bucket/vbucket.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { toByteString } from '../../wire/byte-string.ts';
import { casHigh, casLow } from '../../wire/cas.ts';
import { statuses, type Status } from '../../wire/status.ts';

export type Statistic = readonly [name: string, value: string | number];

/** What a group of a bucket's statistics is asked. */
interface Asked {
  readonly bucket: Bucket;
  readonly cluster: Cluster;
  /** What stands behind the group's name. */
  readonly words: readonly string[];
}

/** A group of statistics: of the selected bucket, or of all of them. A status says why there are none. */
export type StatisticGroup =
  | { readonly of: 'bucket'; readonly list: (asked: Asked) => readonly Statistic[] | Status }
  | { readonly of: 'cluster'; readonly list: (cluster: Cluster) => readonly Statistic[] };

/** Groups by their names, which are kv_engine's (docs/stats.org), as those of what they tell are. */
export const statisticGroups: ReadonlyMap<string, StatisticGroup> = new Map<string, StatisticGroup>([
  ['', { of: 'bucket', list: general }],
  ['memory', { of: 'bucket', list: memory }],
  ['uuid', { of: 'bucket', list: ({ bucket }) => [['uuid', bucket.uuid]] }],
  ['vbucket', { of: 'bucket', list: ofVbuckets((_, vbucket) => [[`vb_${vbucket}`, 'active']]) }],
  ['vbucket-details', { of: 'bucket', list: ofVbuckets(details) }],
  ['vbucket-seqno', { of: 'bucket', list: ofVbuckets(seqnos) }],
  ['failovers', { of: 'bucket', list: ofVbuckets(failovers) }],
  ['collections', { of: 'bucket', list: collections }],
  ['scopes', { of: 'bucket', list: scopes }],
  ['key', { of: 'bucket', list: oneKey }],
  ['bucket_details', { of: 'cluster', list: buckets }],
]);

function general({ bucket, cluster }: Asked): Statistic[] {
  const nowMs = cluster.nowMs();
  return [
    ['pid', process.pid],
    ['uptime', Math.floor((nowMs - cluster.startedAtMs) / 1000)],
    ['time', Math.floor(nowMs / 1000)],
    ['version', cluster.generation.version],
    ['pointer_size', 64],
    ...Object.entries(bucket.history.totals),
    ['curr_items', bucket.itemCount],
    ['curr_items_tot', bucket.itemCount],
    ['curr_connections', bucket.history.samples().at(-1)?.values.curr_connections ?? 0],
    ['vb_active_num', vbucketCount],
    ['vb_replica_num', 0],
    ['vb_pending_num', 0],
    ['ep_bucket_type', bucket.settings.type === 'ephemeral' ? 'ephemeral' : 'persistent'],
    ['ep_degraded_mode', 'false'],
    ['ep_persist_vbstate_total', 0],
    ['ep_warmup_thread', 'complete'],
    ...memory({ bucket }),
  ];
}

function memory({ bucket }: Pick<Asked, 'bucket'>): Statistic[] {
  return [
    ['bytes', bucket.usedBytes],
    ['mem_used', bucket.usedBytes],
    ['ep_max_size', bucket.settings.ramQuotaMb * 1024 * 1024],
    ['ep_kv_size', bucket.usedBytes],
    ['process_resident', process.memoryUsage.rss()],
  ];
}

/** A group that tells something of each vBucket, or of the one that is named behind it. */
function ofVbuckets(
  each: (bucket: Bucket, vbucket: number) => readonly Statistic[],
): (asked: Asked) => Statistic[] | Status {
  return ({ bucket, words: [word] }) => {
    if (word !== undefined && !/^\d{1,4}$/u.test(word)) return statuses.invalid;
    if (Number(word) >= vbucketCount) return statuses.notMyVbucket;
    const all = word === undefined ? Array.from({ length: vbucketCount }, (_, vbucket) => vbucket) : [Number(word)];
    return all.flatMap((vbucket) => each(bucket, vbucket));
  };
}

function details(bucket: Bucket, vbucket: number): Statistic[] {
  const { sequence } = bucket;
  const items = bucket.collections.stores.reduce((sum, store) => sum + store.keysOf(vbucket).length, 0);
  return [
    [`vb_${vbucket}`, 'active'],
    [`vb_${vbucket}:num_items`, items],
    [`vb_${vbucket}:high_seqno`, sequence.seqno(vbucket)],
    [`vb_${vbucket}:uuid`, sequence.vbucketUuid(vbucket)],
  ];
}

function seqnos({ sequence, journal }: Bucket, vbucket: number): Statistic[] {
  const high = sequence.seqno(vbucket);
  return [
    [`vb_${vbucket}:high_seqno`, high],
    [`vb_${vbucket}:abs_high_seqno`, high],
    [`vb_${vbucket}:last_persisted_seqno`, journal === undefined ? high : journal.persistedSeqno(vbucket)],
    [`vb_${vbucket}:purge_seqno`, sequence.purgedSeqno(vbucket)],
    [`vb_${vbucket}:uuid`, sequence.vbucketUuid(vbucket)],
  ];
}

function failovers({ sequence }: Bucket, vbucket: number): Statistic[] {
  const log = sequence.histories.failoverLog(vbucket);
  const entries = log.flatMap(({ uuid, seqno }, index): Statistic[] => [
    [`vb_${vbucket}:${index}:id`, uuid],
    [`vb_${vbucket}:${index}:seq`, seqno],
  ]);
  return [[`vb_${vbucket}:num_entries`, log.length], ...entries];
}

function collections({ bucket }: Asked): Statistic[] {
  const found: Statistic[] = [['manifest_uid', manifestUid(bucket.collections)]];
  for (const scope of bucket.collections.scopes)
    for (const { id, name } of scope.collections.values()) {
      const at = `0x${scope.id.toString(16)}:0x${id.toString(16)}`;
      found.push([`${at}:name`, name], [`${at}:scope_name`, scope.name]);
      found.push([`${at}:items`, bucket.collections.store(id)?.count ?? 0]);
    }
  return found;
}

function scopes({ bucket }: Asked): Statistic[] {
  const found: Statistic[] = [['manifest_uid', manifestUid(bucket.collections)]];
  for (const { id, name, collections: inScope } of bucket.collections.scopes) {
    const at = `0x${id.toString(16)}`;
    found.push([`${at}:name`, name], [`${at}:collections`, inScope.size]);
  }
  return found;
}

/** `key KEY VBUCKET`: what is known of a document beside its value. */
function oneKey({ bucket, words: [key, vbucket] }: Asked): Statistic[] | Status {
  if (key === undefined || vbucket === undefined) return statuses.invalid;
  const bytes = toByteString(Buffer.from(key, 'utf8'));
  const document = bucket.store.get(bytes);
  if (document === undefined || vbucketOf(bytes) !== Number(vbucket)) return statuses.notFound;
  const cas = (BigInt(casHigh(document.cas)) << 32n) | BigInt(casLow(document.cas));
  return [
    ['key_cas', String(cas)],
    ['key_exptime', document.expiry],
    ['key_flags', document.flags],
    [
      'key_is_dirty',
      String(bucket.journal !== undefined && document.seqno > bucket.journal.persistedSeqno(document.vbucket)),
    ],
    ['key_vb_state', 'active'],
  ];
}

function buckets(cluster: Cluster): Statistic[] {
  const list = cluster.buckets.map((bucket, index) => ({
    index: index + 1,
    state: bucket.isReady(cluster.nowMs()) ? 'ready' : 'initializing',
    name: bucket.name,
    type: bucket.settings.type,
  }));
  return [['bucket details', JSON.stringify({ buckets: list })]];
}
