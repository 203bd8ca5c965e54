import { clientPort, v2Port } from '../../etcd/ports.ts';

/** A machine's own. */
const ownSocket = 'unix:///run/fleet.sock';

/**
 * Where fleet's API is, of what flags and environment say, the first to count first. Up to 0.8, and later with `--driver=etcd`,
 * fleetctl was pointed at etcd's ports: such an address is passed over.
 * @param given lists with commas
 * @returns at least one endpoint, and the addresses of etcd that were passed over
 */
export function apiEndpoints(given: readonly (string | undefined)[]): { endpoints: string[]; ofEtcd: string[] } {
  const ofEtcd: string[] = [];
  for (const list of given) {
    if (list === undefined) continue;
    const urls = list.split(',').map((url) => url.trim());
    ofEtcd.push(...urls.filter(isOfEtcd));
    const endpoints = urls.filter((url) => !isOfEtcd(url));
    if (endpoints.length > 0) return { endpoints, ofEtcd };
  }
  return { endpoints: [ownSocket], ofEtcd };
}

function isOfEtcd(url: string): boolean {
  const port = Number(/^(?:https?:\/\/)?[^/]*:(\d+)\/?$/.exec(url)?.[1]);
  return port === clientPort || port === v2Port;
}
