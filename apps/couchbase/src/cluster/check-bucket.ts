import {
  compressionModes,
  defaultBucketSettings,
  durabilityLevels,
  type BucketSettings,
} from '../bucket/bucket-settings.ts';
import type { Cluster } from './cluster.ts';
import { type Checked, type Problems, wholeNumber } from './form-values.ts';

/** Most buckets; ns_server's own default (`maxBucketCount`). */
export const maxBuckets = 30;

/**
 * Settings of a new bucket, or of one that changes (then what the form leaves out stays). Refusals are ns_server's
 * (menelaus_web_buckets.erl, 7.x), those of its Community Edition where the editions differ and this server has not what is asked for.
 */
export function checkBucketSettings(cluster: Cluster, form: URLSearchParams, name: string): Checked<BucketSettings> {
  const existing = cluster.bucket(name)?.settings;
  const type = bucketType(form.get('bucketType') ?? existing?.type ?? 'membase');
  const before = existing ?? defaultBucketSettings(0, type ?? 'membase');
  const problems: Record<string, string> = {};
  Object.assign(problems, editionProblems(form, existing !== undefined));
  const take = <Value>(checked: Checked<Value>, otherwise: Value): Value => {
    if ('value' in checked) return checked.value;
    Object.assign(problems, checked.problems);
    return otherwise;
  };
  if (type === undefined)
    problems['bucketType'] = 'invalid bucket type: this server has couchbase and ephemeral buckets';
  if (existing === undefined && cluster.buckets.length >= maxBuckets)
    problems['_'] = `Cannot create more than ${maxBuckets} buckets`;
  const value: BucketSettings = {
    type: type ?? before.type,
    ramQuotaMb: take(ramQuota(cluster, form, name, existing?.ramQuotaMb), 0),
    replicas: take(replicaNumber(form, before.replicas), 0),
    flushEnabled: take(flag(form, 'flushEnabled', before.flushEnabled), false),
    replicaIndex: take(replicaIndex(form, before), false),
    compressionMode: take(
      oneOf(
        form,
        'compressionMode',
        compressionModes,
        before.compressionMode,
        "compressionMode can be set to 'off', 'passive' or 'active'",
      ),
      'off',
    ),
    evictionPolicy: take(evictionPolicy(form, before), before.evictionPolicy),
    maxTtlS: take(maxTtl(form, before.maxTtlS), 0),
    durabilityMinLevel: take(durability(form, before), 'none'),
    threads: take(threads(form, before.threads), 3),
    password: password(cluster, form, existing),
  };
  return Object.keys(problems).length > 0 ? { problems } : { value };
}

/** Name of a new bucket. Two names may not differ in upper and lower case only. */
export function checkBucketName(cluster: Cluster, name: string): Problems {
  if (name === '') return { name: 'Bucket name needs to be specified' };
  if (name.length > 100) return { name: 'Bucket name cannot exceed 100 characters' };
  if (name.startsWith('.')) return { name: 'Bucket name cannot start with dot.' };
  if (!/^[A-Za-z0-9_.%-]+$/u.test(name)) {
    return {
      name: 'Bucket name can only contain characters in range A-Z, a-z, 0-9 as well as underscore, period, dash & percent. Consult the documentation.',
    };
  }
  const taken = cluster.buckets.some((bucket) => bucket.name.toLowerCase() === name.toLowerCase());
  return taken ? { name: 'Bucket with given name already exists' } : {};
}

/** What a node of the Community Edition does not take. */
function editionProblems(form: URLSearchParams, exists: boolean): Problems {
  const history = ['historyRetentionSeconds', 'historyRetentionBytes', 'historyRetentionCollectionDefault'];
  const refused: [string, string][] = history
    .filter((field) => form.has(field))
    .map((field) => [field, `${field} can only be set in Enterprise edition`]);
  const backend = form.get('storageBackend');
  if (backend === 'magma') refused.push(['storageBackend', 'Magma is supported in enterprise edition only']);
  else if (backend !== null && backend !== 'couchstore' && backend !== 'undefined')
    refused.push(['storageBackend', 'storage backend must be couchstore or magma']);
  const conflicts = form.get('conflictResolutionType');
  const field = 'conflictResolutionType';
  if (conflicts !== null && exists) refused.push([field, 'Conflict resolution type not allowed in update bucket']);
  else if (conflicts === 'lww' || conflicts === 'custom')
    refused.push([field, `Conflict resolution type '${conflicts}' is supported only in enterprise edition`]);
  else if (conflicts !== null && conflicts !== 'seqno')
    refused.push([field, "Conflict resolution type must be 'seqno' or 'lww' or 'custom'"]);
  return Object.fromEntries(refused);
}

function bucketType(text: string): BucketSettings['type'] | undefined {
  if (text === 'membase' || text === 'couchbase') return 'membase';
  return text === 'ephemeral' ? 'ephemeral' : undefined;
}

function ramQuota(cluster: Cluster, form: URLSearchParams, name: string, present: number | undefined): Checked<number> {
  const text = form.get('ramQuotaMB') ?? form.get('ramQuota');
  const quota = text === null ? present : wholeNumber(text);
  if (quota === undefined)
    return { problems: { ramQuota: 'The RAM Quota must be specified and must be a positive integer.' } };
  if (quota < 100) return { problems: { ramQuota: 'RAM quota cannot be less than 100 MiB' } };
  const taken = cluster.buckets
    .filter((bucket) => bucket.name !== name)
    .reduce((sum, bucket) => sum + bucket.settings.ramQuotaMb, 0);
  if (quota + taken <= cluster.memoryQuotaMb) return { value: quota };
  return { problems: { ramQuota: 'RAM quota specified is too large to be provisioned into this cluster.' } };
}

function replicaNumber(form: URLSearchParams, present: number): Checked<number> {
  const number = form.has('replicaNumber') ? wholeNumber(form.get('replicaNumber')) : present;
  if (number === undefined)
    return {
      problems: { replicaNumber: 'The replica number must be specified and must be a non-negative integer.' },
    };
  if (number > 3) return { problems: { replicaNumber: 'Replica number larger than 3 is not supported.' } };
  return { value: number };
}

function flag(form: URLSearchParams, field: string, present: boolean): Checked<boolean> {
  const text = form.get(field);
  if (text === null) return { value: present };
  if (text === '1' || text === 'true') return { value: true };
  if (text === '0' || text === 'false') return { value: false };
  return { problems: { [field]: `${field} can only be 1 or 0` } };
}

function replicaIndex(form: URLSearchParams, before: BucketSettings): Checked<boolean> {
  if (before.type === 'ephemeral' && form.has('replicaIndex'))
    return { problems: { replicaIndex: 'replicaIndex not supported for ephemeral buckets' } };
  return flag(form, 'replicaIndex', before.replicaIndex);
}

function oneOf<Value extends string>(
  form: URLSearchParams,
  field: string,
  allowed: readonly Value[],
  present: Value,
  otherwise: string,
): Checked<Value> {
  const text = form.get(field);
  if (text === null) return { value: present };
  const found = allowed.find((value) => value === text);
  return found === undefined ? { problems: { [field]: otherwise } } : { value: found };
}

function evictionPolicy(form: URLSearchParams, before: BucketSettings): Checked<BucketSettings['evictionPolicy']> {
  if (before.type === 'ephemeral')
    return oneOf(
      form,
      'evictionPolicy',
      ['noEviction', 'nruEviction'] as const,
      before.evictionPolicy === 'nruEviction' ? 'nruEviction' : 'noEviction',
      "Eviction policy must be either 'noEviction' or 'nruEviction' for ephemeral buckets",
    );
  return oneOf(
    form,
    'evictionPolicy',
    ['valueOnly', 'fullEviction'] as const,
    before.evictionPolicy === 'fullEviction' ? 'fullEviction' : 'valueOnly',
    "Eviction policy must be either 'valueOnly' or 'fullEviction' for couchbase buckets",
  );
}

const longestTtlS = 2_147_483_647;

function maxTtl(form: URLSearchParams, present: number): Checked<number> {
  const text = form.get('maxTTL');
  if (text === null) return { value: present };
  const seconds = /^\d{1,10}$/u.test(text) ? Number(text) : longestTtlS + 1;
  if (seconds <= longestTtlS) return { value: seconds };
  return { problems: { maxTTL: `Max TTL must be an integer between 0 and ${longestTtlS}` } };
}

function durability(form: URLSearchParams, before: BucketSettings): Checked<BucketSettings['durabilityMinLevel']> {
  const checked = oneOf(form, 'durabilityMinLevel', durabilityLevels, before.durabilityMinLevel, '');
  const isEphemeral = before.type === 'ephemeral';
  if ('value' in checked && (!isEphemeral || checked.value === 'none' || checked.value === 'majority')) return checked;
  const words = isEphemeral
    ? "Durability minimum level must be either 'none' or 'majority' for ephemeral buckets"
    : "Durability minimum level must be one of 'none', 'majority', 'majorityAndPersistActive', or 'persistToMajority'";
  return { problems: { durability_min_level: words } };
}

function threads(form: URLSearchParams, present: number): Checked<number> {
  if (!form.has('threadsNumber')) return { value: present };
  const number = wholeNumber(form.get('threadsNumber'));
  if (number !== undefined && number >= 2 && number <= 8) return { value: number };
  return { problems: { threadsNumber: 'The number of threads must be an integer between 2 and 8' } };
}

/** A bucket has a password where the generation gives every bucket one, or where the form speaks as one of that time does. */
function password(cluster: Cluster, form: URLSearchParams, existing: BucketSettings | undefined): string | undefined {
  if (form.get('authType') === 'none') return '';
  const given = form.get('saslPassword');
  if (given !== null) return given;
  if (existing?.password !== undefined) return existing.password;
  return form.has('authType') || cluster.generation.bucketPasswords ? '' : undefined;
}
