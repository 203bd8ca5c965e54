/** Members that must agree before etcd decides: a majority of all, living or not (Raft, section 5). Pure. */
export function quorumOf(members: number): number {
  return Math.floor(members / 2) + 1;
}
