import { headerBytes, magic } from '../wire/frame.ts';

/** A request as a client sends it, or the bare answer to one. */
export function packet(
  opcode: number,
  parts: {
    readonly key?: string;
    readonly value?: Buffer | string;
    readonly extras?: Buffer;
    readonly vbucket?: number;
    readonly opaque?: number;
    readonly isAnswer?: boolean;
  },
): Buffer {
  const [extras, key, value] = [parts.extras, parts.key, parts.value].map((part) => Buffer.from(part ?? '')) as [
    Buffer,
    Buffer,
    Buffer,
  ];
  const header = Buffer.alloc(headerBytes);
  header.writeUInt8(parts.isAnswer === true ? magic.response : magic.request, 0);
  header.writeUInt8(opcode, 1);
  header.writeUInt16BE(key.length, 2);
  header.writeUInt8(extras.length, 4);
  header.writeUInt16BE(parts.vbucket ?? 0, 6);
  header.writeUInt32BE(extras.length + key.length + value.length, 8);
  header.writeUInt32BE(parts.opaque ?? 0, 12);
  return Buffer.concat([header, extras, key, value]);
}
