/** Frames of HTTP/2 (RFC 9113, 4 and 6). */
export const frameTypes = {
  data: 0,
  headers: 1,
  reset: 3,
  settings: 4,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

/** Flags that these types have; END_STREAM and ACK share a bit. */
export const flags = { endStream: 1, ack: 1, endHeaders: 4, padded: 8, priority: 32 } as const;

const headBytes = 9;

/** Of a frame from a server that was told of no other limit (RFC 9113, 6.5.2, SETTINGS_MAX_FRAME_SIZE). */
export const usualFrameBytes = 16_384;

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  /** A view of what came. */
  readonly payload: Buffer;
}

export function frame(type: number, flag: number, stream: number, payload: Buffer): Buffer {
  const bytes = Buffer.allocUnsafe(headBytes + payload.length);
  bytes.writeUIntBE(payload.length, 0, 3);
  bytes[3] = type;
  bytes[4] = flag;
  bytes.writeUInt32BE(stream, 5);
  payload.copy(bytes, headBytes);
  return bytes;
}

/** Takes what comes in whatever pieces. @throws RangeError at a frame that is longer than was agreed on */
export function frameReader(take: (frame: Frame) => void): (chunk: Buffer) => void {
  let rest: Buffer[] = [];
  let have = 0;
  let need = headBytes;
  return (chunk) => {
    rest.push(chunk);
    have += chunk.length;
    if (have < need) return;
    const bytes = rest.length === 1 ? chunk : Buffer.concat(rest);
    let at = 0;
    need = headBytes;
    while (bytes.length - at >= headBytes) {
      const length = bytes.readUIntBE(at, 3);
      if (length > usualFrameBytes) throw new RangeError(`a frame of ${length} bytes`);
      need = headBytes + length;
      if (bytes.length - at < need) break;
      const payload = bytes.subarray(at + headBytes, at + need);
      const [type = 0, flag = 0] = [bytes[at + 3], bytes[at + 4]];
      take({ type, flags: flag, stream: bytes.readUInt32BE(at + 5) & 0x7fffffff, payload });
      at += need;
      need = headBytes;
    }
    rest = at === bytes.length ? [] : [bytes.subarray(at)];
    have = bytes.length - at;
  };
}

/** What is in a frame of data or headers without its padding and priority. @throws RangeError when they are longer than the frame */
export function contentOf({ type, flags: flag, payload }: Frame): Buffer {
  let [from, to] = [0, payload.length];
  if ((flag & flags.padded) !== 0) {
    to -= payload[0] ?? 0;
    from = 1;
  }
  if (type === frameTypes.headers && (flag & flags.priority) !== 0) from += 5;
  if (from > to) throw new RangeError('a frame with more padding than it has room for');
  return payload.subarray(from, to);
}
