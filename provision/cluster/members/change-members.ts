import type { GatewayAnswer, OneMember } from '#platform/etcd/one-member.ts';
import { until } from '../conditions/conditions.ts';
import { askMember } from './ask-member.ts';
import { lookAtMembers } from './look-at-members.ts';
import type { Member } from './member.ts';

export interface ChangeOptions {
  /** Of machines whose members run. */
  readonly addresses: readonly string[];
  readonly withinMs: number;
  /** How many times slower than usual the machines are (LabConfig.stretch). */
  readonly stretch: number;
  readonly onMissing?: (missing: string) => void;
}

const everyMs = 100;

/**
 * Takes a member out of the cluster. Done when etcd no longer lists it, whoever took it out.
 * @throws LabError `timeout.condition`
 */
export async function removeMember(id: string, options: ChangeOptions): Promise<void> {
  const missing = async (): Promise<string | undefined> => {
    const view = await lookAtMembers(options.addresses, options.stretch);
    if (view?.quorum === true && !view.members.some((member) => member.id === id)) return undefined;
    return attempt(options, (member, withinMs) => member.removeMember(id, withinMs));
  };
  await change(`etcd has let its old member ${hex(id)} go`, missing, options);
}

/**
 * Adds a member that is yet to start; etcd refuses until all others have been connected for 5 s.
 * @returns all members, the new one among them
 * @throws LabError `timeout.condition`
 */
export async function addMember(url: string, options: ChangeOptions): Promise<readonly Member[]> {
  let members: readonly Member[] = [];
  const missing = async (): Promise<string | undefined> => {
    const view = await lookAtMembers(options.addresses, options.stretch);
    members = view?.members ?? [];
    // The new one has no name before it starts: with one, it is the old one, on a list that lags behind.
    const added = members.some(({ peerUrls, name }) => peerUrls.includes(url) && name === '');
    if (view?.quorum === true && added) return undefined;
    return attempt(options, (member, withinMs) => member.addMember(url, withinMs));
  };
  await change(`etcd has taken ${url} in as a new member`, missing, options);
  return members;
}

/** Asks one member after the other until one does it; what counts is what is listed afterwards. */
async function attempt(
  { addresses, stretch }: ChangeOptions,
  ask: (member: OneMember, withinMs: number) => Promise<GatewayAnswer<undefined>>,
): Promise<string> {
  let error = 'no member runs';
  for (const address of addresses) {
    const answer = await askMember(address, stretch, ask);
    if (answer.ok) return 'agreed; not in its list yet';
    error = answer.error;
  }
  return error;
}

async function change(name: string, missing: () => Promise<string | undefined>, options: ChangeOptions): Promise<void> {
  const { withinMs, onMissing } = options;
  await until(
    { name, missing },
    { withinMs, everyMs, next: 'lab status', ...(onMissing === undefined ? {} : { onMissing }) },
  );
}

function hex(id: string): string {
  return BigInt(id).toString(16);
}
