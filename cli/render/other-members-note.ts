import type { LabStatus } from '#provision/cluster/status.ts';

/** One sentence about members of etcd that are no machine of the lab. Pure. */
export function otherMembersNote({ otherMembers }: Pick<LabStatus, 'otherMembers'>): string {
  const [who, are] = otherMembers.length === 1 ? ['a member that is', 'it counts'] : ['members that are', 'they count'];
  return `etcd has ${who} no machine of this lab (${otherMembers.join(', ')}): ${are} for the quorum. Next: lab up`;
}
