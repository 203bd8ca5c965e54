import { peerUrl } from '#platform/etcd/ports.ts';
import type { Member } from './member.ts';

/** Which machine a member belongs to; one that has not started has no name yet, only its address. Pure. */
export function machineOf(
  member: Pick<Member, 'name' | 'peerUrls'>,
  machines: readonly { readonly name: string; readonly address: string }[],
): string | undefined {
  return machines.find(({ name, address }) => member.name === name || member.peerUrls.includes(peerUrl(address)))?.name;
}
