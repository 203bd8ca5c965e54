import { headerBytes, magic, type RequestFrame } from '../../wire/frame.ts';
import { failure, type Response } from '../../wire/response.ts';
import { statuses } from '../../wire/status.ts';
import { admitsStatistics } from '../access.ts';
import type { HandlerContext } from '../handler.ts';
import { statisticGroups, type Statistic } from './groups.ts';

/**
 * STAT: the statistics of a group, one packet each, and an empty one at the end. The key is the group's name, with its arguments behind
 * spaces; none is the general group. Source: memcached "binary protocol", Stat; kv_engine, docs/stats.org.
 */
export function stat(context: HandlerContext, frame: RequestFrame): Response {
  const [name = '', ...words] = frame.key.toString('utf8').split(' ');
  const group = statisticGroups.get(name);
  if (group === undefined) return failure(statuses.notFound, `there is no group of statistics called ${name}`);
  const { bucket } = context.session;
  if (group.of === 'cluster') {
    if (!admitsStatistics(context, undefined)) return noStatistics;
    return answerOf(frame, group.list(context.cluster));
  }
  if (bucket === undefined) return failure(statuses.noBucket, 'select a bucket first');
  if (!admitsStatistics(context, bucket)) return noStatistics;
  const found = group.list({ bucket, words, cluster: context.cluster });
  return typeof found === 'number' ? { status: found } : answerOf(frame, found);
}

const noStatistics = failure(statuses.noAccess, 'the user has no role that shows statistics');

function answerOf({ opcode, opaque }: RequestFrame, statistics: readonly Statistic[]): Response {
  const packets = [...statistics, ['', ''] as const].map(([key, value]) => packet(opcode, opaque, key, String(value)));
  return { status: statuses.success, packets: Buffer.concat(packets) };
}

function packet(opcode: number, opaque: number, key: string, value: string): Buffer {
  const [keyBytes, valueBytes] = [Buffer.byteLength(key), Buffer.byteLength(value)];
  const bytes = Buffer.alloc(headerBytes + keyBytes + valueBytes);
  bytes.writeUInt8(magic.response, 0);
  bytes.writeUInt8(opcode, 1);
  bytes.writeUInt16BE(keyBytes, 2);
  bytes.writeUInt32BE(keyBytes + valueBytes, 8);
  bytes.writeUInt32BE(opaque, 12);
  bytes.write(key, headerBytes);
  bytes.write(value, headerBytes + keyBytes);
  return bytes;
}
