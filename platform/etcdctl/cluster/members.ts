import { LabError } from '#errors/lab-error.ts';
import type { Call, V2Command } from '../v2/command.ts';
import { isRecord } from '#errors/is-record.ts';
import { ask } from '../../etcd/ask.ts';
import { leaderOf, listMembers, readMember } from './member-list.ts';

/** `member list`: a line for each, in the form of etcdctl 2.3. Without a leader, exit code 1 as there. */
export const memberList: V2Command = async (call) => {
  if (call.args.length > 0) return refuse(call, 'No arguments accepted');
  const [members, leader] = await Promise.all([listMembers(call), leaderOf(call)]);
  if (leader === '0') return refuse(call, 'Failed to get leader: no leader is known');
  for (const { id, hex, name, peerUrls, clientUrls } of members) {
    const started = `name=${name} peerURLs=${peerUrls.join(',')} clientURLs=${clientUrls.join(',')} isLeader=${id === leader}`;
    call.print(name === '' ? `${hex}[unstarted]: peerURLs=${peerUrls.join(',')}` : `${hex}: ${started}`);
  }
  return 0;
};

/** `member add NAME URL`: prints the environment with which the new member is to be started. */
export const memberAdd: V2Command = async (call) => {
  const [name, url, ...more] = call.args;
  if (name === undefined || url === undefined || more.length > 0) {
    return refuse(call, 'Provide a name and a single member peerURL');
  }
  const answer = await unlessRefused(call, '', () => ask(call, '/v3/cluster/member/add', { peerURLs: [url] }, 'write'));
  if (answer === undefined) return 1;
  const added = isRecord(answer['member']) ? readMember(answer['member']) : undefined;
  call.print(`Added member named ${name} with ID ${added?.hex} to cluster`);
  // The answer has all members: another list could not be read until the new one has started, when it takes part in the quorum.
  const members = Array.isArray(answer['members']) ? answer['members'].filter(isRecord).map(readMember) : [];
  const initial = members.flatMap((member) =>
    member.peerUrls.map((peer) => `${member.id === added?.id ? name : member.name}=${peer}`),
  );
  const quoted = (value: string) => JSON.stringify(value);
  call.print(`\nETCD_NAME=${quoted(name)}\nETCD_INITIAL_CLUSTER=${quoted(initial.join(','))}`);
  call.print('ETCD_INITIAL_CLUSTER_STATE="existing"');
  return 0;
};

/** `member remove ID` */
export const memberRemove: V2Command = async (call) => {
  const [id, ...more] = call.args;
  if (id === undefined || more.length > 0) return refuse(call, 'Provide a single member ID');
  const members = await listMembers(call);
  const member = members.find(({ hex }) => hex === id);
  if (!member) {
    const named = members.find(({ name }) => name === id);
    if (named) {
      call.warn(`Found a member named ${id}; if this is correct, please use its ID, eg:\n\tetcdctl member remove ${named.hex}`);
    }
    return refuse(call, `Couldn't find a member in the cluster with an ID of ${id}.`);
  }
  const gone = await unlessRefused(call, `Received an error trying to remove member ${id}: `, () =>
    ask(call, '/v3/cluster/member/remove', { ID: member.id }, 'write'),
  );
  if (!gone) return 1;
  call.print(`Removed member ${id} from cluster`);
  return 0;
}; // prettier-ignore

/** `member update ID URL,URL` */
export const memberUpdate: V2Command = async (call) => {
  const [id, urls, ...more] = call.args;
  if (id === undefined || urls === undefined || more.length > 0) {
    return refuse(
      call,
      'Provide an ID and a list of comma separated peerURL (0xabcd http://example.com,http://example1.com)',
    );
  }
  const digits = id.replace(/^0x/, '');
  if (!/^[0-9a-f]{1,16}$/i.test(digits)) return refuse(call, `No such member: ${id}`);
  const body = { ID: BigInt(`0x${digits}`).toString(), peerURLs: urls.split(',') };
  if (!(await unlessRefused(call, '', () => ask(call, '/v3/cluster/member/update', body, 'write')))) return 1;
  call.print(`Updated member with ID ${id} in cluster`);
  return 0;
};

/** What etcd answers is said in its words, with exit code 1 as in 2.x; that nobody is there is the caller's matter. */
async function unlessRefused<T>(call: Call, before: string, request: () => Promise<T>): Promise<T | undefined> {
  try {
    return await request();
  } catch (error) {
    if (!(error instanceof LabError) || error.code === 'timeout.etcd-connect') throw error;
    call.warn(`${before}${error.evidence[0] ?? error.message}`);
    return undefined;
  }
}

function refuse(call: Call, problem: string): number {
  call.warn(problem);
  return 1;
}
