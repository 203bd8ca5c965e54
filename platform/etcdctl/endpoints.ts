import { ownMachine } from '../etcd/ports.ts';
import { oneLine, type Flags } from './go-flags.ts';

/** Addresses of etcd, from flags and environment in the order in which etcdctl 2.x looks; a scheme is added. Pure. */
export function endpointsOf(flags: Flags, env: NodeJS.ProcessEnv): { endpoints: string[] } | { problem: string } {
  const given =
    text(flags.endpoints) ??
    (env.ETCDCTL_ENDPOINTS || text(flags.endpoint)) ??
    (env.ETCDCTL_ENDPOINT || text(flags.peers)) ??
    (env.ETCDCTL_PEERS || ownMachine);
  const endpoints = given
    .split(',')
    .map((url) => url.trim())
    .filter((url) => url !== '')
    .map((url) => (url.includes('://') ? url : `http://${url}`));
  const problem = endpoints.length === 0 ? `no address in "${given}"` : endpoints.map(problemOf).find(Boolean);
  return problem === undefined ? { endpoints } : { problem: oneLine(problem) };
}

function problemOf(endpoint: string): string | undefined {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url?.protocol === 'https:') {
    return `${endpoint}: the v2 commands speak no TLS; use ETCDCTL_API=3 etcdctl --cacert FILE --endpoints ${endpoint} ...`;
  }
  if (url?.protocol === 'http:' && url.hostname !== '') return undefined;
  return `parse "${endpoint}": not an address such as http://127.0.0.1:2379`;
}

function text(flag: string | number | boolean | undefined): string | undefined {
  return typeof flag === 'string' ? flag : undefined;
}
