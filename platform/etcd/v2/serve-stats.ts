import type { IncomingMessage, ServerResponse } from 'node:http';
import { getPage, readMembers, type V2UrlOf } from './cluster.ts';
import { allow, sendError, sendJson, sendMessage } from './http.ts';
import type { Member, MemberStatus } from './member.ts';
import { readMetrics, type Metrics } from './metrics.ts';
import type { StoreStats } from './store-stats.ts';
import type { WatchHub } from './watch-hub.ts';

export interface StatsParts {
  readonly member: Member;
  readonly v2UrlOf: V2UrlOf;
  readonly hub: WatchHub;
  readonly stats: StoreStats;
}

/** `/v2/stats/NAME` (etcd documentation "v2 API, statistics"), from what v3 tells of itself. */
export async function serveStats(
  parts: StatsParts,
  req: IncomingMessage,
  res: ServerResponse,
  name: string,
): Promise<void> {
  if (name !== 'self' && name !== 'leader' && name !== 'store') return sendError(res, 404, '404 page not found');
  if (!allow(req, res, ['GET'])) return;
  if (name === 'store') return sendJson(res, 200, {}, parts.stats.counts(parts.hub.waiting));
  const [status, metrics] = await Promise.all([parts.member.status(), metricsOf(parts.member)]);
  if (name === 'self') return sendJson(res, 200, {}, await selfStats(parts, status, metrics));
  if (status.leaderId !== status.memberId) return sendMessage(res, 403, 'not current leader');
  return sendJson(res, 200, {}, await leaderStats(parts, status, metrics));
}

/** v3 does not say since when there is this leader, nor count the messages of its log: neither is made up. */
async function selfStats({ member, v2UrlOf }: StatsParts, status: MemberStatus, metrics: Metrics) {
  const members = await readMembers(member, v2UrlOf);
  return {
    name: members.find(({ id }) => id === status.memberId)?.name,
    id: status.memberId,
    state: status.leaderId === status.memberId ? 'StateLeader' : 'StateFollower',
    startTime: new Date(metrics.total('process_start_time_seconds') * 1000).toISOString(),
    leaderInfo: { leader: status.leaderId === '0' ? '' : status.leaderId },
  };
}

/** Round trips to each follower, in ms, over the life of the process. */
async function leaderStats({ member, v2UrlOf }: StatsParts, status: MemberStatus, metrics: Metrics) {
  const members = await readMembers(member, v2UrlOf);
  const followers = members
    .filter(({ id }) => id !== status.memberId)
    .map(({ id }) => {
      const count = metrics.to('etcd_network_peer_round_trip_time_seconds_count', id);
      const sum = metrics.to('etcd_network_peer_round_trip_time_seconds_sum', id);
      const fail = metrics.to('etcd_network_peer_sent_failures_total', id);
      return [id, { latency: { average: count === 0 ? 0 : (sum / count) * 1000 }, counts: { fail, success: count } }];
    });
  return { leader: status.memberId, followers: Object.fromEntries(followers) as Record<string, unknown> };
}

async function metricsOf(member: Member): Promise<Metrics> {
  return readMetrics((await getPage(member, '/metrics')).text);
}
