import { isEtcdAway } from '../etcd-failure.ts';
import { patienceOf, type Member, type MemberStatus } from './member.ts';
import type { Picture, RangeRead } from './member-wire.ts';

export interface FreshPicture extends Picture {
  /** False: it is the member's own copy, which may be old. */
  readonly isNewest: boolean;
}

/**
 * Reads as v2 does when nobody asked for a quorum: the newest there is, and the member's own copy when there is no quorum.
 * @param quorum without one the read fails
 * @throws LabError of `etcdFailure`
 */
export async function readFresh(
  member: Member,
  ranges: readonly RangeRead[],
  quorum: boolean,
  status: Promise<MemberStatus>,
): Promise<FreshPicture> {
  const own = async () => ({ ...(await member.read(ranges, 'own')), isNewest: false });
  if (!quorum && (await status).leaderId === '0') return own();
  try {
    const withinMs = quorum ? member.timeoutMs : patienceOf(member.timeoutMs);
    return { ...(await member.read(ranges, 'quorum', withinMs)), isNewest: true };
  } catch (error) {
    if (quorum || !isEtcdAway(error)) throw error;
    return own();
  }
}
