import { crc32 } from 'node:zlib';

/**
 * A log is frames one behind the other, zeros behind the last. A frame is what one write brought: some records, whole or not at all. Its
 * head, little-endian: magic (u32), bytes of the payload (u32), CRC-32 of the payload (u32), its own position (f64), the position up to
 * which everything was known to be on the disk when it was written (f64), CRC-32 of the head (u32). Positions count the bytes of all
 * logs of a directory since the first.
 */
export const frameHeadBytes = 32;

const magic = 0x314c_4243;
const checkedBytes = 28;
/** Largest payload: a document, and records that came with it. */
const maxPayloadBytes = 64 * 1024 * 1024;

/** Where frames are read from: a file, or bytes. */
export interface ByteSource {
  readonly size: number;
  /** Bytes from `offset` on, fewer at the end. They are valid until the next call. */
  read(offset: number, length: number): Buffer;
}

export interface FrameHead {
  readonly payloadBytes: number;
  readonly payloadCrc: number;
  readonly position: number;
  readonly syncedTo: number;
}

/** Writes the head of a frame whose payload lies behind it, up to the end of `frame`. */
export function sealFrame(frame: Buffer, position: number, syncedTo: number): void {
  const payload = frame.subarray(frameHeadBytes);
  frame.writeUInt32LE(magic, 0);
  frame.writeUInt32LE(payload.length, 4);
  frame.writeUInt32LE(crc32(payload), 8);
  frame.writeDoubleLE(position, 12);
  frame.writeDoubleLE(syncedTo, 20);
  frame.writeUInt32LE(crc32(frame.subarray(0, checkedBytes)), checkedBytes);
}

/** What came behind the last frame of a log that can be believed. */
export interface FramesEnd {
  /** Offset of its end. */
  readonly end: number;
  /** Bytes from there to the last that is not zero. */
  readonly strayBytes: number;
  /** Offset of a whole frame behind them: then they are no torn end of what was being written. */
  readonly next: number | undefined;
  /** Largest `syncedTo` of all frames, those behind stray bytes as well. */
  readonly syncedTo: number;
}

/**
 * Reads the frames of a log from its beginning, as far as they follow each other without a flaw.
 * @param onFrame gets the payload, which is valid during the call only, and the offset of its frame
 */
export function readFrames(
  source: ByteSource,
  onFrame: (payload: Buffer, offset: number, head: FrameHead) => void,
): FramesEnd {
  let at = 0;
  let base: number | undefined;
  let syncedTo = 0;
  for (;;) {
    const head = headAt(source, at, base);
    const payload = head === undefined ? undefined : payloadAt(source, at, head);
    if (head === undefined || payload === undefined) break;
    base ??= head.position - at;
    syncedTo = Math.max(syncedTo, head.syncedTo);
    onFrame(payload, at, head);
    at += frameHeadBytes + head.payloadBytes;
  }
  const strayBytes = lastByte(source, at) - at;
  const later = strayBytes === 0 ? undefined : nextFrame(source, at + 1, base);
  return { end: at, strayBytes, next: later?.at, syncedTo: Math.max(syncedTo, later?.syncedTo ?? 0) };
}

/** The first whole frame from `from` on, and the largest `syncedTo` of it and what follows it. */
function nextFrame(
  source: ByteSource,
  from: number,
  base: number | undefined,
): { readonly at: number; readonly syncedTo: number } | undefined {
  const stepBytes = 1024 * 1024;
  const mark = Buffer.alloc(4);
  mark.writeUInt32LE(magic);
  for (let start = from; start < source.size; start += stepBytes) {
    // A copy: heads and payloads are read from the same source meanwhile.
    const bytes = Buffer.from(source.read(start, stepBytes + mark.length - 1));
    for (let found = bytes.indexOf(mark); found >= 0; found = bytes.indexOf(mark, found + 1)) {
      const at = start + found;
      const head = headAt(source, at, base);
      if (head === undefined || payloadAt(source, at, head) === undefined) continue;
      return {
        at,
        syncedTo: Math.max(head.syncedTo, syncedBehind(source, at + frameHeadBytes + head.payloadBytes, base)),
      };
    }
  }
  return undefined;
}

function syncedBehind(source: ByteSource, from: number, base: number | undefined): number {
  let syncedTo = 0;
  let at = from;
  for (let head = headAt(source, at, base); head !== undefined; head = headAt(source, at, base)) {
    if (payloadAt(source, at, head) === undefined) break;
    syncedTo = Math.max(syncedTo, head.syncedTo);
    at += frameHeadBytes + head.payloadBytes;
  }
  return syncedTo;
}

/** @param base position of the log's beginning, where that is known: a frame of another place is none here */
function headAt(source: ByteSource, at: number, base: number | undefined): FrameHead | undefined {
  const bytes = source.read(at, frameHeadBytes);
  if (bytes.length < frameHeadBytes || bytes.readUInt32LE(0) !== magic) return undefined;
  if (crc32(bytes.subarray(0, checkedBytes)) !== bytes.readUInt32LE(checkedBytes)) return undefined;
  const payloadBytes = bytes.readUInt32LE(4);
  const position = bytes.readDoubleLE(12);
  if (payloadBytes > maxPayloadBytes || (base !== undefined && position !== base + at)) return undefined;
  return { payloadBytes, payloadCrc: bytes.readUInt32LE(8), position, syncedTo: bytes.readDoubleLE(20) };
}

function payloadAt(source: ByteSource, at: number, head: FrameHead): Buffer | undefined {
  const payload = source.read(at + frameHeadBytes, head.payloadBytes);
  return payload.length === head.payloadBytes && crc32(payload) === head.payloadCrc ? payload : undefined;
}

/** Offset behind the last byte that is not zero, `from` where there is none. */
function lastByte(source: ByteSource, from: number): number {
  const stepBytes = 1024 * 1024;
  let last = from;
  for (let start = from; start < source.size; start += stepBytes) {
    const bytes = source.read(start, stepBytes);
    for (let index = bytes.length - 1; index >= 0; index--) {
      if (bytes[index] === 0) continue;
      last = start + index + 1;
      break;
    }
  }
  return last;
}

/** What to do with a log that does not end cleanly. */
export type Judgement = 'whole' | 'cut' | 'corrupt';

/**
 * A write that was broken off leaves stray bytes at the end and nothing behind them; they were not acknowledged, and are cut. After a
 * restart of the host pages may also be missing before others that are there, but none of what was known to be on the disk. All else is
 * damage, and nothing of it may be thrown away unasked.
 * @param log where its last frame ends: position @param isLast no log follows it @param sameBoot the host has been up since it was begun
 */
export function judge(
  { strayBytes, next, syncedTo }: FramesEnd,
  log: { readonly endPosition: number; readonly isLast: boolean; readonly sameBoot: boolean },
): Judgement {
  if (syncedTo > log.endPosition) return 'corrupt';
  if (strayBytes === 0) return 'whole';
  if (!log.isLast) return 'corrupt';
  return next === undefined || !log.sameBoot ? 'cut' : 'corrupt';
}
