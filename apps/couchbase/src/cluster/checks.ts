import type { BucketSettings } from '../bucket/bucket.ts';
import type { Cluster, Service } from './cluster.ts';
import { type Checked, type Problems, wholeNumber } from './form-values.ts';

const serviceNames: readonly Service[] = ['kv', 'index', 'n1ql'];

/** `services=kv,index,n1ql`. The index and query services are accepted, not run: nothing here needs them. */
export function checkServices(text: string): Checked<readonly Service[]> {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.filter((name) => !serviceNames.some((service) => service === name));
  if (unknown.length > 0) return { problems: { services: `Unknown services: ${unknown.join(', ')}` } };
  if (!names.includes('kv')) return { problems: { services: 'cannot setup first cluster node without kv service' } };
  return { value: serviceNames.filter((service) => names.includes(service)) };
}

/** Administrator's name and password. */
export function checkAdministrator(form: URLSearchParams): Checked<{ user: string; password: string }> {
  const user = form.get('username') ?? '';
  const password = form.get('password') ?? '';
  if (!/^[^\s()<>@,;:\\"/[\]?={}]{1,128}$/u.test(user))
    return {
      problems: { username: 'The username must not be empty and may not contain spaces or any of ()<>@,;:\\"/[]?={}.' },
    };
  if (password.length < 6) return { problems: { password: 'The password must be at least 6 characters long.' } };
  return { value: { user, password } };
}

/** Memory quota in MiB. */
export function checkMemoryQuota(cluster: Cluster, text: string | null): Checked<number> {
  const quota = wholeNumber(text);
  if (quota === undefined) return { problems: { memoryQuota: 'The value must be an integer' } };
  const used = cluster.buckets.reduce((sum, bucket) => sum + bucket.settings.ramQuotaMb, 0);
  if (quota < Math.max(256, used)) {
    return {
      problems: { memoryQuota: `The data service quota (${quota}MB) cannot be less than ${Math.max(256, used)}MB.` },
    };
  }
  return { value: quota };
}

/** Quota in MiB of a service that is accepted and not run; as it is where the form has none. */
export function checkServiceQuota(form: URLSearchParams, name: 'index' | 'fts', present: number): Checked<number> {
  const field = `${name}MemoryQuota`;
  if (!form.has(field)) return { value: present };
  const quota = wholeNumber(form.get(field));
  if (quota === undefined) return { problems: { [field]: 'The value must be an integer' } };
  if (quota >= 256) return { value: quota };
  return { problems: { [field]: `The ${name} service quota (${quota}MB) cannot be less than 256MB.` } };
}

/** `port` of /settings/web: the one there is, by whatever number it is known outside of a container, or SAME. */
export function checkPort(form: URLSearchParams, present: number): Checked<'kept' | 'moved'> {
  const text = form.get('port');
  if (text === null) return { problems: { port: 'The value must be supplied' } };
  if (text === 'SAME' || text === '8091' || Number(text) === present) return { value: 'kept' };
  const port = wholeNumber(text);
  if (port !== undefined && port > 0 && port <= 65_535) return { value: 'moved' };
  return { problems: { port: 'Port must be a positive integer less than 65536' } };
}

/** Settings of a new bucket, or of one that changes (then what the form leaves out stays). */
export function checkBucketSettings(cluster: Cluster, form: URLSearchParams, name: string): Checked<BucketSettings> {
  const before = cluster.bucket(name)?.settings;
  const ram =
    wholeNumber(form.get('ramQuotaMB') ?? form.get('ramQuota')) ??
    (form.has('ramQuotaMB') ? undefined : before?.ramQuotaMb);
  const replicas = wholeNumber(form.get('replicaNumber') ?? String(before?.replicas ?? 1));
  const type = bucketType(form.get('bucketType') ?? before?.type ?? 'membase');
  const others = cluster.buckets.filter((bucket) => bucket.name !== name);
  const taken = others.reduce((sum, bucket) => sum + bucket.settings.ramQuotaMb, 0);
  const problems: Record<string, string> = {};
  if (type === undefined)
    problems['bucketType'] = 'invalid bucket type: this server has couchbase and ephemeral buckets';
  if (replicas === undefined || replicas > 3)
    problems['replicaNumber'] = 'The replica number must be specified and must be a non-negative integer, at most 3.';
  if (ram === undefined) problems['ramQuota'] = 'The RAM Quota must be specified and must be a positive integer.';
  else if (ram < 100) problems['ramQuota'] = 'RAM quota cannot be less than 100 MiB';
  else if (ram + taken > cluster.memoryQuotaMb)
    problems['ramQuota'] = 'RAM quota specified is too large to be provisioned into this cluster.';
  if (ram === undefined || replicas === undefined || type === undefined || Object.keys(problems).length > 0)
    return { problems };
  const flush = form.get('flushEnabled');
  return {
    value: {
      ramQuotaMb: ram,
      replicas,
      type,
      flushEnabled: flush === null ? (before?.flushEnabled ?? false) : flush === '1',
    },
  };
}

/** Name of a new bucket. */
export function checkBucketName(cluster: Cluster, name: string): Problems {
  if (name === '') return { name: 'Bucket name needs to be specified' };
  if (name.length > 100) return { name: 'Bucket name cannot exceed 100 characters' };
  if (!/^[A-Za-z0-9_%-][A-Za-z0-9_.%-]*$/u.test(name)) {
    return {
      name: 'Bucket name can only contain characters in range A-Z, a-z, 0-9 as well as underscore, period, dash & percent. Consult the documentation.',
    };
  }
  return cluster.bucket(name) === undefined ? {} : { name: 'Bucket with given name already exists' };
}

function bucketType(text: string): BucketSettings['type'] | undefined {
  if (text === 'membase' || text === 'couchbase') return 'membase';
  return text === 'ephemeral' ? 'ephemeral' : undefined;
}
