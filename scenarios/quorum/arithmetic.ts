import { quorumOf } from '#platform/etcd/quorum-of.ts';

/** What a cluster of this size needs and what it survives. */
export interface QuorumSize {
  readonly members: number;
  readonly quorum: number;
  /** Members that may be away while the rest still decides. */
  readonly tolerated: number;
}

/** @param members 1 or more */
export function quorumSize(members: number): QuorumSize {
  const quorum = quorumOf(members);
  return { members, quorum, tolerated: members - quorum };
}

/** As the report says it: `2 of 3 must agree; 1 may be away`. */
export function inWords({ members, quorum, tolerated }: QuorumSize): string {
  return `${quorum} of ${members} must agree; ${tolerated === 0 ? 'none' : tolerated} may be away`;
}
