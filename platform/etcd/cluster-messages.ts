import { etcdFailure } from './etcd-failure.ts';
import { fields, wire } from './wire.ts';

/** A member as etcd lists it (rpc.proto, message Member). */
export interface ListedMember {
  /** Decimal: 64 bits do not fit a JavaScript number. */
  readonly id: string;
  /** Empty for a member that was added later and has not started yet. */
  readonly name: string;
  readonly peerUrls: readonly string[];
  /** Empty until it has run and told the cluster where its clients find it. */
  readonly clientUrls: readonly string[];
}

/** What a member says of itself (rpc.proto, message StatusResponse). */
export interface MemberStatus {
  readonly id: string;
  /** The leader's id as this member knows it; `0`: none. */
  readonly leader: string;
  readonly raftTerm: number;
}

/** Members of a MemberListResponse. @throws LabError `internal.etcd` */
export function readMembers(message: unknown, endpoint: string): ListedMember[] {
  return readMemberList(fields(message)?.['members'], endpoint);
}

/** @throws LabError `internal.etcd` when it is no list of members */
export function readMemberList(list: unknown, endpoint: string): ListedMember[] {
  if (!Array.isArray(list)) throw unreadable('a list of members', list, endpoint);
  return list.map((one: unknown) => {
    const member = fields(one);
    const id = member?.['ID'] ?? member?.['id'];
    if (typeof id !== 'string') throw unreadable('a member', one, endpoint);
    const name = member?.['name'];
    return {
      id,
      name: typeof name === 'string' ? name : '',
      peerUrls: texts(member?.['peerURLs']),
      clientUrls: texts(member?.['clientURLs']),
    };
  });
}

/** @throws LabError `internal.etcd` */
export function readStatus(message: unknown, endpoint: string): MemberStatus {
  const status = fields(message);
  const id = fields(status?.['header'])?.['member_id'];
  if (typeof id !== 'string') throw unreadable('a member’s status', message, endpoint);
  const leader = status?.['leader'];
  return { id, leader: typeof leader === 'string' ? leader : '0', raftTerm: wire.int(status?.['raftTerm']) };
}

/** @throws LabError `internal.etcd` */
export function readGrantedLease(message: unknown, endpoint: string): { id: string; ttlSeconds: number } {
  const granted = fields(message);
  const id = granted?.['ID'];
  if (typeof id !== 'string') throw unreadable('a lease', message, endpoint);
  return { id, ttlSeconds: wire.int(granted?.['TTL']) };
}

/** proto3 JSON leaves an empty list out. */
function texts(list: unknown): string[] {
  return Array.isArray(list) ? list.filter((one) => typeof one === 'string') : [];
}

function unreadable(what: string, found: unknown, endpoint: string) {
  return etcdFailure(
    'internal.etcd',
    endpoint,
    what,
    `not ${what}: ${(JSON.stringify(found) ?? 'nothing').slice(0, 120)}`,
  );
}
