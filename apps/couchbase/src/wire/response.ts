import { headerBytes, magic } from './frame.ts';
import type { Status } from './status.ts';

/** What a command handler answers; the connection adds opcode and opaque. */
export interface Response {
  readonly status: Status;
  readonly extras?: Buffer;
  readonly key?: Buffer;
  readonly value?: Buffer;
  readonly cas?: bigint;
  /** 1 marks the value as JSON; error bodies need it. */
  readonly datatype?: number;
}

/**
 * Packs an answer (magic 0x81: also HELLO's own answer must be plain). A value of more than `copiedBytes` comes beside the packet, as it
 * is stored, to be written after it.
 */
export function encodeResponse(
  request: { opcode: number; opaque: number },
  response: Response,
  copiedBytes: number,
): [packet: Buffer, value?: Buffer] {
  const { extras = empty, key = empty, value = empty } = response;
  const apart = value.length > copiedBytes;
  const packet = Buffer.allocUnsafe(headerBytes + extras.length + key.length + (apart ? 0 : value.length));
  packet.writeUInt8(magic.response, 0);
  packet.writeUInt8(request.opcode, 1);
  packet.writeUInt16BE(key.length, 2);
  packet.writeUInt8(extras.length, 4);
  packet.writeUInt8(response.datatype ?? 0, 5);
  packet.writeUInt16BE(response.status, 6);
  packet.writeUInt32BE(extras.length + key.length + value.length, 8);
  packet.writeUInt32BE(request.opaque, 12);
  packet.writeBigUInt64BE(response.cas ?? 0n, 16);
  extras.copy(packet, headerBytes);
  key.copy(packet, headerBytes + extras.length);
  if (apart) return [packet, value];
  value.copy(packet, headerBytes + extras.length + key.length);
  return [packet];
}

/** An error with a sentence for people: SDKs show `error.context` in their exceptions. */
export function failure(status: Status, context: string): Response {
  return { status, value: Buffer.from(JSON.stringify({ error: { context } })), datatype: 1 };
}

const empty = Buffer.alloc(0);
