import { type OneMember, oneMember } from '#platform/etcd/one-member.ts';
import { memberUrl } from '#platform/etcd/ports.ts';

/** Longer than an election; a member that has just lost its leader would hold the request for seven seconds. */
const requestDeadlineMs = 2_000;

/**
 * One question to one machine's member, over a connection of its own: one that is kept may lead to a machine that was thrown away.
 * @param stretch how many times slower than usual the machine is (LabConfig.stretch)
 */
export async function askMember<T>(
  address: string,
  stretch: number,
  ask: (member: OneMember, withinMs: number) => Promise<T>,
): Promise<T> {
  const member = oneMember(memberUrl(address));
  try {
    return await ask(member, requestDeadlineMs * stretch);
  } finally {
    member.close();
  }
}
