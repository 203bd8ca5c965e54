import { parseAddress, parseNetwork } from '../../config/ipv4.ts';
import { machineOf } from './machine-of.ts';
import type { Member } from './member.ts';

/**
 * Members of machines that the lab does not have any more, or never had: each counts for the quorum and never votes. One that
 * has started counts as left only where its address is one of the lab's, which nobody else can have; a member of somebody
 * else, elsewhere, may be alive. Pure.
 * @param range the machines' network, `172.17.8.0/24`
 */
export function leftOverMembers(
  members: readonly Member[],
  machines: readonly { readonly name: string; readonly address: string }[],
  range: string,
): Member[] {
  return members.filter(
    (member) => machineOf(member, machines) === undefined && (!member.started || member.peerUrls.every(isIn(range))),
  );
}

/** What people call a member: its machine's name, or where it is to be while it has none. Pure. */
export function nameOf({ name, peerUrls }: Pick<Member, 'name' | 'peerUrls'>): string {
  return name === '' ? peerUrls.join(', ') : name;
}

function isIn(range: string): (url: string) => boolean {
  const network = parseNetwork(range);
  return (url) => {
    const address = URL.canParse(url) ? parseAddress(new URL(url).hostname) : undefined;
    return (
      network !== undefined && address !== undefined && address >= network.base && address < network.base + network.size
    );
  };
}
