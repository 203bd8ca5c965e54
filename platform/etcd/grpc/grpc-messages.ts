/** Before each message: a byte for "not compressed", and its length ("gRPC over HTTP2", Length-Prefixed-Message). */
const headBytes = 5;

/** A message as gRPC sends it: not compressed, its length before it (PROTOCOL-HTTP2, "Length-Prefixed-Message"). Pure. */
export function framed(message: Buffer): Buffer {
  const bytes = Buffer.allocUnsafe(headBytes + message.length);
  bytes[0] = 0;
  bytes.writeUInt32BE(message.length, 1);
  message.copy(bytes, headBytes);
  return bytes;
}

/** Takes what comes in whatever pieces. @throws RangeError at a compressed one, which nobody offered to take */
export function messageReader(take: (message: Buffer) => void): (chunk: Buffer) => void {
  let parts: Buffer[] = [];
  let have = 0;
  let need = headBytes;
  return (chunk) => {
    parts.push(chunk);
    have += chunk.length;
    if (have < need) return;
    const bytes = parts.length === 1 ? chunk : Buffer.concat(parts);
    let at = 0;
    for (need = headBytes; bytes.length - at >= headBytes; need = headBytes) {
      if (bytes[at] !== 0) throw new RangeError('a compressed message');
      need = headBytes + bytes.readUInt32BE(at + 1);
      if (bytes.length - at < need) break;
      take(bytes.subarray(at + headBytes, at + need));
      at += need;
    }
    parts = at === bytes.length ? [] : [bytes.subarray(at)];
    have = bytes.length - at;
  };
}

/** "gRPC over HTTP2", Percent-Encoded. */
export function percentDecoded(text: string): string {
  return text.replace(/(?:%[0-9a-fA-F]{2})+/g, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'));
}

/** Of the gRPC core document "Status codes and their use". */
export const statuses = { unknown: 2, deadlineExceeded: 4, unavailable: 14 } as const;

/** Why there is no answer: what the server said, or what became of the connection. */
export class GrpcFailure extends Error {
  readonly status: number;

  constructor(status: number, text: string) {
    super(text);
    this.status = status;
  }
}
