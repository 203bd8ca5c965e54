import type { Cluster, Service } from './cluster.ts';
import { type Checked, wholeNumber } from './form-values.ts';

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

/**
 * Whether the quotas of the services that run fit into the node's memory: 1 GiB of it has to stay, or a fifth where that is less.
 * Limit and words are ns_server's (memory_quota.erl, menelaus_web_pools.erl).
 * @param node its name in the cluster
 */
export function checkTotalQuota(
  quotasMb: { readonly kv: number; readonly index: number },
  services: readonly Service[],
  { node, memoryBytes }: { readonly node: string; readonly memoryBytes: number },
): Checked<number> {
  const totalMb = quotasMb.kv + (services.includes('index') ? quotasMb.index : 0);
  const memoryMb = Math.floor(memoryBytes / 2 ** 20);
  const mostMb = Math.max(memoryMb - 1024, Math.floor(memoryMb * 0.8));
  if (totalMb <= mostMb) return { value: totalMb };
  const text = `Total quota (${totalMb}MB) exceeds the maximum allowed quota (${mostMb}MB) on node '${node}'`;
  return { problems: { _: text } };
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

/** Longest name of a cluster, characters. */
const maxClusterName = 256;

/** `clusterName`; the present one where the form has none. */
export function checkClusterName(form: URLSearchParams, present: string): Checked<string> {
  const name = form.get('clusterName') ?? present;
  if (name.length <= maxClusterName) return { value: name };
  return { problems: { clusterName: `Cluster name is too long: at most ${maxClusterName} characters` } };
}

/** `hostname`: a name or address, without port. */
export function checkHostname(form: URLSearchParams): Checked<string> {
  const name = (form.get('hostname') ?? '').trim();
  if (name === '') return { problems: { hostname: 'The name cannot be empty' } };
  if (/^[A-Za-z0-9.:_-]{1,253}$/u.test(name)) return { value: name };
  return { problems: { hostname: 'The name may have letters, digits and ".-_:" only' } };
}
