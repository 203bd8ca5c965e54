import { type ListedMember, readMemberList } from './cluster-messages.ts';
import { peerUrl } from './ports.ts';

/**
 * What a member tells its peers of the cluster (etcd: server/etcdserver/api/etcdhttp, path /members on the peer port). One that
 * came up without a quorum does not answer clients yet, but tells this.
 * @returns undefined when it does not answer in time, or with something else
 */
export async function membersForPeers(address: string, withinMs: number): Promise<ListedMember[] | undefined> {
  const url = `${peerUrl(address)}/members`;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(withinMs) });
    if (!response.ok) return undefined;
    // The ids are JSON numbers of 64 bits: read as text.
    const text = (await response.text()).replaceAll(/"id":\s*(\d+)/g, '"id":"$1"');
    return readMemberList(JSON.parse(text), url);
  } catch {
    return undefined;
  }
}
