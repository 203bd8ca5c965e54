/** One request as it came off the wire. Buffers are views of the received bytes: copy what outlives the request. */
export interface RequestFrame {
  readonly opcode: number;
  readonly datatype: number;
  readonly vbucket: number;
  readonly opaque: number;
  readonly cas: bigint;
  readonly framing: Buffer;
  readonly extras: Buffer;
  readonly key: Buffer;
  readonly value: Buffer;
}

export const headerBytes = 24;
export const magic = { request: 0x80, altRequest: 0x08, response: 0x81 } as const;

/** Largest body taken, in bytes: a 20 MiB value, a 250-byte key and room for extras, as the real server's 30 MiB packet limit. */
export const maxBodyBytes = 30 * 1024 * 1024;

export interface FrameHeader {
  readonly framingBytes: number;
  readonly keyBytes: number;
  readonly extrasBytes: number;
  readonly bodyBytes: number;
}

/**
 * Reads the length fields of a request header (24 bytes). Returns text instead when the header cannot be a request's:
 * after that nothing on the stream can be trusted, so the connection has to be closed.
 */
export function readHeader(header: Buffer, limit: number = maxBodyBytes): FrameHeader | string {
  const kind = header.readUInt8(0);
  if (kind !== magic.request && kind !== magic.altRequest) {
    return `first byte of a request must be 0x80 or 0x08, got 0x${kind.toString(16).padStart(2, '0')}`;
  }
  const alternative = kind === magic.altRequest;
  const framingBytes = alternative ? header.readUInt8(2) : 0;
  const keyBytes = alternative ? header.readUInt8(3) : header.readUInt16BE(2);
  const extrasBytes = header.readUInt8(4);
  const bodyBytes = header.readUInt32BE(8);
  if (bodyBytes > limit) return `body of ${bodyBytes} bytes is over the limit of ${limit}`;
  const inner = framingBytes + extrasBytes + keyBytes;
  if (inner > bodyBytes) return `framing, extras and key take ${inner} bytes but the body has only ${bodyBytes}`;
  return { framingBytes, keyBytes, extrasBytes, bodyBytes };
}

/** Cuts a complete packet (header and body) into its fields. */
export function cutFrame(packet: Buffer, header: FrameHeader): RequestFrame {
  const extrasAt = headerBytes + header.framingBytes;
  const keyAt = extrasAt + header.extrasBytes;
  const valueAt = keyAt + header.keyBytes;
  return {
    opcode: packet.readUInt8(1),
    datatype: packet.readUInt8(5),
    vbucket: packet.readUInt16BE(6),
    opaque: packet.readUInt32BE(12),
    cas: packet.readBigUInt64BE(16),
    framing: packet.subarray(headerBytes, extrasAt),
    extras: packet.subarray(extrasAt, keyAt),
    key: packet.subarray(keyAt, valueAt),
    value: packet.subarray(valueAt, headerBytes + header.bodyBytes),
  };
}
