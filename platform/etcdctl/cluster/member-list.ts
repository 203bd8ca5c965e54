import { isRecord } from '#errors/is-record.ts';
import { ask, type Reach } from '../../etcd/ask.ts';

export interface Member {
  /** Decimal, as the gateway has it. */
  readonly id: string;
  /** Hexadecimal without leading zeros, as etcdctl shows it. */
  readonly hex: string;
  /** '' while the member has not started. */
  readonly name: string;
  readonly peerUrls: string[];
  readonly clientUrls: string[];
}

/** The members as the member that answers knows them: without quorum, too. Source: rpc.proto, MemberListResponse. */
export async function listMembers(reach: Reach): Promise<Member[]> {
  const { members } = await ask(reach, '/v3/cluster/member/list', {});
  return Array.isArray(members) ? members.filter(isRecord).map(readMember) : [];
}

/** Field `ID` is absent for 0 only, which no member has. */
export function readMember(raw: Record<string, unknown>): Member {
  const id = String(raw['ID']);
  return {
    id,
    hex: hexOf(id),
    name: typeof raw['name'] === 'string' ? raw['name'] : '',
    peerUrls: strings(raw['peerURLs']),
    clientUrls: strings(raw['clientURLs']),
  };
}

/** The leader's id in decimal as the first member that answers sees it; '0': none. */
export async function leaderOf(reach: Reach): Promise<string> {
  const { leader } = await ask(reach, '/v3/maintenance/status', {});
  return typeof leader === 'string' ? leader : '0';
}

function hexOf(decimal: string): string {
  return BigInt(decimal).toString(16);
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
