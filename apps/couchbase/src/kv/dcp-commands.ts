import type { Bucket } from '../bucket/bucket.ts';
import { vbucketCount } from '../bucket/vbucket.ts';
import { dcpLimits } from '../dcp/limits.ts';
import { readUint64 } from '../dcp/messages.ts';
import { DcpProducer } from '../dcp/producer.ts';
import { features } from '../wire/features.ts';
import type { RequestFrame } from '../wire/frame.ts';
import { dcpOpcodes, opcodes } from '../wire/opcodes.ts';
import { failure, writeUint64, type Response } from '../wire/response.ts';
import { statuses } from '../wire/status.ts';
import { noRole } from './access.ts';
import type { HandlerContext } from './handler.ts';

type DcpCommand = (bucket: Bucket, context: HandlerContext, frame: RequestFrame) => Response;

/** Streams of changes, as their consumer asks for them. Source: kv_engine, docs/dcp/documentation/commands. */
export const dcpCommands: readonly (readonly [
  opcode: number,
  { readonly extrasBytes: number; readonly run: DcpCommand },
])[] = [
  [dcpOpcodes.open, { extrasBytes: 8, run: open }],
  [dcpOpcodes.control, { extrasBytes: 0, run: withProducer(control) }],
  [dcpOpcodes.streamRequest, { extrasBytes: 48, run: withProducer(requestStream) }],
  [dcpOpcodes.closeStream, { extrasBytes: 0, run: withProducer(closeStream) }],
  [dcpOpcodes.bufferAcknowledgement, { extrasBytes: 4, run: withProducer(acknowledge) }],
  [dcpOpcodes.noop, { extrasBytes: 0, run: () => ({ status: statuses.success }) }],
  [dcpOpcodes.getFailoverLog, { extrasBytes: 0, run: failoverLog }],
  [opcodes.getAllVbucketSeqnos, { extrasBytes: 0, run: allSeqnos }],
];

/** Bits of DCP_OPEN's flags. */
const openFlags = { producer: 0x01, xattrs: 0x04, noValue: 0x08, deleteTimes: 0x20 } as const;
const knownFlags = Object.values(openFlags).reduce((all, flag) => all | flag, 0);

function open(bucket: Bucket, { authority, session }: HandlerContext, frame: RequestFrame): Response {
  if (session.user === undefined || !authority.may(session.user, { area: 'changes', to: 'read', bucket: bucket.name }))
    return noRole;
  const flags = frame.extrasUint32(4);
  if ((flags & openFlags.producer) === 0)
    return failure(
      statuses.notSupported,
      'nobody streams changes to this server: it follows others by itself (--follow)',
    );
  if ((flags & ~knownFlags) !== 0)
    return failure(statuses.invalid, `flags 0x${(flags & ~knownFlags).toString(16)} are not known here`);
  if (frame.keyBytes === 0 || frame.keyBytes > dcpLimits.nameBytes)
    return failure(statuses.invalid, `a connection has a name of 1 to ${dcpLimits.nameBytes} bytes`);
  session.producer?.stop();
  const told = {
    collections: session.granted.has(features.collections),
    xattrs: (flags & openFlags.xattrs) !== 0,
    values: (flags & openFlags.noValue) === 0,
    deleteTimes: (flags & openFlags.deleteTimes) !== 0,
    expirations: false,
  };
  session.producer = new DcpProducer(bucket, told, session.wake, () => performance.now());
  return { status: statuses.success };
}

/** Only on a connection that was opened for it, and has the same bucket still. */
function withProducer(run: (producer: DcpProducer, frame: RequestFrame) => Response): DcpCommand {
  return (bucket, { session }, frame) =>
    session.producer?.bucket === bucket
      ? run(session.producer, frame)
      : failure(statuses.invalid, 'the connection was not opened for a stream of changes');
}

/** Settings of a connection by their names. Those of which nothing is to be had here are refused, as a node does with what it does not know. */
function control(producer: DcpProducer, frame: RequestFrame): Response {
  const name = frame.key.toString('utf8');
  const text = frame.valueBytes > 20 ? '' : frame.value.toString('utf8');
  const number = /^\d{1,9}$/u.test(text) ? Number(text) : undefined;
  if (name === 'connection_buffer_size' && number !== undefined)
    producer.bufferBytes = number === 0 ? Infinity : number;
  else if (name === 'set_noop_interval' && number !== undefined && number > 0) producer.life.intervalMs = number * 1000;
  else if (name === 'enable_noop' && isFlag(text)) producer.life.enable(text === 'true');
  else if (name === 'enable_expiry_opcode' && isFlag(text))
    producer.told = { ...producer.told, expirations: text === 'true' };
  else if (name !== 'set_priority' || !['high', 'medium', 'low'].includes(text))
    return failure(statuses.invalid, `there is no setting ${JSON.stringify(name)} with that value`);
  return { status: statuses.success };
}

function isFlag(text: string): boolean {
  return text === 'true' || text === 'false';
}

/** Flags, reserved (u32 each), from, to, UUID, snapshot's start and end (u64 each). The answer has the failover log, or where to go back to. */
function requestStream(producer: DcpProducer, frame: RequestFrame): Response {
  const { vbucket, extras, opaque } = frame;
  if (vbucket >= vbucketCount) return { status: statuses.notMyVbucket };
  if (extras.readUInt32BE(0) !== 0 || frame.valueBytes > 0)
    return failure(statuses.notSupported, 'streams have neither flags nor filters here');
  const [seqno, end, uuid, snapshotStart, snapshotEnd] = [8, 16, 24, 32, 40].map((at) => readUint64(extras, at)) as [
    number,
    number,
    number,
    number,
    number,
  ];
  if (seqno > end || snapshotStart > seqno || seqno > snapshotEnd)
    return failure(statuses.outOfRange, 'a stream begins before it ends, and in its snapshot');
  const { sequence } = producer.bucket;
  const start = { uuid, seqno, snapshotStart, snapshotEnd };
  const back = sequence.histories.rollback(vbucket, start, sequence.seqno(vbucket), sequence.purgedSeqno(vbucket));
  if (back !== undefined) {
    const value = Buffer.alloc(8);
    writeUint64(value, 0, back);
    return { status: statuses.rollback, value };
  }
  if (!producer.begin({ vbucket, opaque }, seqno, end))
    return failure(statuses.exists, 'that vBucket is streamed already');
  return { status: statuses.success, value: failovers(producer.bucket, vbucket) };
}

function closeStream(producer: DcpProducer, { vbucket }: RequestFrame): Response {
  return { status: producer.close(vbucket) ? statuses.success : statuses.notFound };
}

/** Not answered, unless it is wrong. */
function acknowledge(producer: DcpProducer, frame: RequestFrame): Response {
  producer.acknowledge(frame.extrasUint32(0));
  return { status: statuses.success, silent: true };
}

function failoverLog(bucket: Bucket, _: HandlerContext, { vbucket }: RequestFrame): Response {
  if (vbucket >= vbucketCount) return { status: statuses.notMyVbucket };
  return { status: statuses.success, value: failovers(bucket, vbucket) };
}

/** UUID and number (u64 each) of each history, the present one first. */
function failovers({ sequence }: Bucket, vbucket: number): Buffer {
  const log = sequence.histories.failoverLog(vbucket);
  const value = Buffer.alloc(16 * log.length);
  for (const [index, { uuid, seqno }] of log.entries()) {
    writeUint64(value, 16 * index, uuid);
    writeUint64(value, 16 * index + 8, seqno);
  }
  return value;
}

/** vBucket (u16) and its last number (u64), of all of them. */
function allSeqnos({ sequence }: Bucket): Response {
  const value = Buffer.alloc(10 * vbucketCount);
  for (let vbucket = 0; vbucket < vbucketCount; vbucket++) {
    value.writeUInt16BE(vbucket, 10 * vbucket);
    writeUint64(value, 10 * vbucket + 2, sequence.seqno(vbucket));
  }
  return { status: statuses.success, value };
}
