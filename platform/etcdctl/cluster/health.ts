import { setTimeout as after } from 'node:timers/promises';
import type { Call, V2Command } from '../v2/command.ts';
import { isRecord } from '#errors/is-record.ts';
import { reasonOf } from '../../etcd/ask.ts';
import { listMembers, type Member } from './member-list.ts';

/** Exit code of etcdctl 2.x when a member does not answer well (ctlv2/command/error.go, ExitClusterNotHealthy). */
const notHealthy = 5;
const betweenChecksMs = 10_000;

/** `cluster-health [--forever]`: asks every member that the cluster has; lines and exit codes of etcdctl 2.3. */
export const clusterHealth: V2Command = async (call) => {
  let members: Member[];
  try {
    members = await listMembers(call);
  } catch (error) {
    call.print('cluster may be unhealthy: failed to list members');
    throw error;
  }
  for (;;) {
    const found = await Promise.all(members.map((member) => check(member, call.timeoutMs)));
    for (const { lines } of found) for (const line of lines) call.print(line);
    const healthy = found.filter((member) => member.healthy).length;
    const word = healthy === members.length ? 'healthy' : healthy === 0 ? 'unavailable' : 'degraded';
    call.print(`cluster is ${word}`);
    if (call.flags['forever'] !== true) return word === 'healthy' ? 0 : notHealthy;
    call.print('\nnext check after 10 second...\n');
    if (!(await waited(call))) return 0;
  }
};

async function check(member: Member, timeoutMs: number): Promise<{ healthy: boolean; lines: string[] }> {
  if (member.clientUrls.length === 0) {
    return { healthy: false, lines: [`member ${member.hex} is unreachable: no available published client urls`] };
  }
  const lines: string[] = [];
  for (const url of member.clientUrls) {
    try {
      const healthy = await isHealthy(url, timeoutMs);
      const word = healthy ? 'healthy' : 'unhealthy';
      return { healthy, lines: [...lines, `member ${member.hex} is ${word}: got ${word} result from ${url}`] };
    } catch (error) {
      lines.push(`failed to check the health of member ${member.hex} on ${url}: Get ${url}/health: ${reasonOf(error)}`);
    }
  }
  return {
    healthy: false,
    lines: [...lines, `member ${member.hex} is unreachable: [${member.clientUrls.join(' ')}] are all unreachable`],
  };
}

/** etcd 3.4 says `{"health":"true"}`; a member without a leader says "false", with status 503. */
async function isHealthy(url: string, timeoutMs: number): Promise<boolean> {
  const answer = await fetch(`${url}/health`, { signal: AbortSignal.timeout(timeoutMs) });
  const said: unknown = await answer.json();
  return isRecord(said) && (said['health'] === 'true' || said['health'] === true);
}

/** false: SIGINT came meanwhile. */
async function waited(call: Call): Promise<boolean> {
  await after(betweenChecksMs, undefined, { signal: call.signal }).catch(() => undefined);
  return !call.signal.aborted;
}
