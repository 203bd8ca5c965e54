import type { ListedMember } from '#platform/etcd/cluster-messages.ts';
import { membersForPeers } from '#platform/etcd/peer-members.ts';
import { etcdMemberHealthy } from '../conditions/conditions.ts';
import { askMember } from './ask-member.ts';
import type { Member, MemberView } from './member.ts';

/** On a host that is not slow. */
const peerDeadlineMs = 1_000;

/**
 * Who etcd says its members are: asked of a member that has a quorum behind it, else of any that answers.
 * A member that came up without a quorum does not answer clients yet, but tells its peers.
 * @param addresses of machines that run
 * @param stretch how many times slower than usual they are (LabConfig.stretch)
 * @returns undefined when nobody answers
 */
export async function lookAtMembers(addresses: readonly string[], stretch: number): Promise<MemberView | undefined> {
  const health = await Promise.all(addresses.map((address) => etcdMemberHealthy(address, stretch)));
  const healthy = addresses.filter((_, index) => health[index] === true);
  for (const address of [...healthy, ...addresses.filter((one) => !healthy.includes(one))]) {
    const listed = await askMember(address, stretch, (member, withinMs) => member.members(withinMs));
    if (listed.ok) return { members: listed.value.map(asMember), quorum: healthy.includes(address) };
  }
  const forPeers = await Promise.all(addresses.map((address) => membersForPeers(address, peerDeadlineMs * stretch)));
  const listed = forPeers.find((one) => one !== undefined && one.length > 0);
  return listed === undefined ? undefined : { members: listed.map(asMember), quorum: false };
}

function asMember({ id, name, peerUrls, clientUrls }: ListedMember): Member {
  return { id, name, peerUrls, started: clientUrls.length > 0 };
}
