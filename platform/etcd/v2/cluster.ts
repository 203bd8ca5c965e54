import { isRecord } from '#errors/is-record.ts';
import { ask, reasonOf } from '../ask.ts';
import { etcdFailure } from '../etcd-failure.ts';
import { hexadecimal, type Member } from './member.ts';

/** A member as `/v2/members` shows it. */
export interface V2Member {
  readonly id: string;
  readonly name: string;
  readonly peerURLs: string[];
  readonly clientURLs: string[];
}

/** Where a member's v2 API answers, from one of its client URLs. */
export type V2UrlOf = (clientUrl: string) => string;

/** A client that asks for the members goes on to the addresses it is told: they are those of the v2 API on each machine. */
export async function readMembers({ endpoint, timeoutMs }: Member, v2UrlOf: V2UrlOf): Promise<V2Member[]> {
  const answer = await ask({ endpoints: [endpoint], timeoutMs }, '/v3/cluster/member/list', {});
  const members: readonly unknown[] = Array.isArray(answer['members']) ? answer['members'] : [];
  return members.filter(isRecord).map(({ ID, name, peerURLs, clientURLs }) => ({
    id: hexadecimal(ID),
    // Absent for a member that has been added and has not started yet.
    name: typeof name === 'string' ? name : '',
    peerURLs: textsOf(peerURLs),
    clientURLs: textsOf(clientURLs).map(v2UrlOf),
  }));
}

/** The same machine, the port of its v2 API. */
export function atPort(port: number): V2UrlOf {
  return (clientUrl) => {
    const url = new URL(clientUrl);
    url.port = String(port);
    return url.origin;
  };
}

function textsOf(list: unknown): string[] {
  return Array.isArray(list) ? list.filter((text) => typeof text === 'string') : [];
}

/** A page that etcd serves to everybody: `/health`, `/version`, `/metrics`. @throws LabError `timeout.etcd` */
export async function getPage(
  { endpoint, timeoutMs }: Member,
  path: string,
): Promise<{ status: number; text: string }> {
  try {
    const answer = await fetch(`${endpoint}${path}`, { signal: AbortSignal.timeout(timeoutMs) });
    return { status: answer.status, text: await answer.text() };
  } catch (error) {
    throw etcdFailure('timeout.etcd', endpoint, path, reasonOf(error));
  }
}
