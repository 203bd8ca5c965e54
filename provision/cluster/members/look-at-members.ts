import { etcdMemberHealthy } from '../conditions.ts';
import { callGateway, type ListedMember } from './gateway.ts';
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
    const members = await listedByGateway(address, stretch);
    if (members !== undefined) return { members, quorum: healthy.includes(address) };
  }
  const told = await Promise.all(addresses.map((address) => toldToPeers(address, peerDeadlineMs * stretch)));
  const members = told.find((one) => one !== undefined && one.length > 0);
  return members === undefined ? undefined : { members, quorum: false };
}

/** In etcd 3.4 this is the member's own copy of the list; it answers without a quorum too. */
async function listedByGateway(address: string, stretch: number): Promise<Member[] | undefined> {
  const answer = await callGateway<{ members?: ListedMember[] }>(address, 'member/list', {}, stretch);
  return answer.ok ? (answer.value.members ?? []).map(asMember) : undefined;
}

function asMember(listed: ListedMember): Member {
  return {
    id: listed.ID,
    name: listed.name ?? '',
    peerUrls: listed.peerURLs ?? [],
    started: (listed.clientURLs ?? []).length > 0,
  };
}

/** What a joining member is told on the peer port. Its ids are JSON numbers of 64 bits: read as text. */
async function toldToPeers(address: string, deadlineMs: number): Promise<Member[] | undefined> {
  try {
    const response = await fetch(`http://${address}:2380/members`, { signal: AbortSignal.timeout(deadlineMs) });
    if (!response.ok) return undefined;
    const text = (await response.text()).replaceAll(/"id":\s*(\d+)/g, '"id":"$1"');
    const told = JSON.parse(text) as { id: string; name?: string; peerURLs?: string[]; clientURLs?: string[] }[];
    return told.map(({ id, ...rest }) => asMember({ ID: id, ...rest }));
  } catch {
    return undefined;
  }
}
