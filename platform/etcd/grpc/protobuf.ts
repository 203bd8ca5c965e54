/**
 * What a message of protobuf has: its fields by number ("Protocol Buffers, Encoding"). Values are those of the JSON gateway (proto3 JSON
 * mapping): what is 0, false or empty is absent when it is read, 64-bit numbers are strings. Only bytes are bytes here, not base64.
 */
export interface Message {
  readonly fields: ReadonlyMap<number, Field>;
  /** In the order of the numbers, last first: a message is written from its end. */
  readonly backwards: readonly (readonly [number: number, field: Field])[];
}

export interface Field {
  readonly name: string;
  readonly kind: Kind;
  readonly repeated: boolean;
}

/** int64, uint64, an enum by the names of its values, and what they are called in rpc.proto. */
export type Kind = 'signed' | 'unsigned' | 'bool' | 'bytes' | 'text' | Names | Message;

interface Names {
  readonly names: readonly string[];
}

/** `{ 1: ['key', 'bytes'], 2: ['kvs', keyValue, 'repeated'] }` */
export function message(fields: Readonly<Record<number, readonly [string, Kind, 'repeated'?]>>): Message {
  const all = Object.entries(fields).map(
    ([number, [name, kind, repeated]]) => [Number(number), { name, kind, repeated: repeated !== undefined }] as const,
  );
  return { fields: new Map(all), backwards: [...all].reverse() };
}

/** Of what is given, everything is written, zeros too: a choice of several fields is told by which is there. */
export function encode(of: Message, value: object): Buffer {
  const writer = backwardWriter();
  writeMessage(writer, of, value);
  return writer.done();
}

/** @throws RangeError when the bytes are no such message */
export function decode(of: Message, bytes: Buffer): Record<string, unknown> {
  return readMessage({ bytes, at: 0 }, of, bytes.length);
}

/** Wire types: 0 a varint, 2 a length and so many bytes; 1 and 5 are fixed widths, which etcd has none of. */
const wireType = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/** From the end on: the length of what is inside is known when it is to be written. */
function backwardWriter() {
  let buffer = Buffer.allocUnsafe(512);
  let at = buffer.length;
  const room = (bytes: number) => {
    if (at >= bytes) return;
    const larger = Buffer.allocUnsafe(2 * buffer.length + bytes);
    const start = larger.length - (buffer.length - at);
    buffer.copy(larger, start, at);
    [buffer, at] = [larger, start];
  };
  return {
    get written() {
      return buffer.length - at;
    },
    bytes(bytes: Buffer) {
      room(bytes.length);
      at -= bytes.length;
      bytes.copy(buffer, at);
    },
    varint(value: number) {
      room(10);
      let size = 1;
      for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) size++;
      at -= size;
      let rest = value;
      for (let i = at; i < at + size; i++) {
        buffer[i] = (rest % 0x80) | (i < at + size - 1 ? 0x80 : 0);
        rest = Math.floor(rest / 0x80);
      }
    },
    bigVarint(value: bigint) {
      const bytes: number[] = [];
      let rest = BigInt.asUintN(64, value);
      for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
      bytes.push(Number(rest));
      this.bytes(Buffer.from(bytes));
    },
    done: () => buffer.subarray(at),
  };
}

type Writer = ReturnType<typeof backwardWriter>;

function writeMessage(writer: Writer, { backwards }: Message, value: object): void {
  for (const [number, { name, kind, repeated }] of backwards) {
    const given = (value as Record<string, unknown>)[name];
    if (given === undefined) continue;
    if (!repeated) writeField(writer, number, kind, given);
    else for (const item of [...(given as unknown[])].reverse()) writeField(writer, number, kind, item);
  }
}

function writeField(writer: Writer, number: number, kind: Kind, value: unknown): void {
  if (kind === 'bytes' || kind === 'text' || isMessage(kind)) {
    const before = writer.written;
    if (isMessage(kind)) writeMessage(writer, kind, value as object);
    else writer.bytes(typeof value === 'string' ? Buffer.from(value) : (value as Buffer));
    writer.varint(writer.written - before);
    return writer.varint(number * 8 + wireType.bytes);
  }
  const plain = Number(value);
  if (Number.isSafeInteger(plain) && plain >= 0) writer.varint(plain);
  else writer.bigVarint(BigInt(value as string));
  writer.varint(number * 8 + wireType.varint);
}

interface Reader {
  readonly bytes: Buffer;
  at: number;
}

function readMessage(reader: Reader, { fields }: Message, end: number): Record<string, unknown> {
  const value: Record<string, unknown> = {};
  while (reader.at < end) {
    const tag = Number(readVarint(reader, end));
    const field = fields.get(Math.floor(tag / 8));
    if (field === undefined || (tag & 7) !== wireTypeOf(field.kind)) {
      skip(reader, tag & 7, end);
      continue;
    }
    const read = readField(reader, field.kind, end);
    const before = value[field.name];
    // A number that is 0, and written all the same, is as good as none.
    const isNothing = (read === '0' || read === false) && wireTypeOf(field.kind) === wireType.varint;
    if (field.repeated && Array.isArray(before)) before.push(read);
    else if (!isNothing) value[field.name] = field.repeated ? [read] : read;
  }
  if (reader.at !== end) throw new RangeError('a message of protobuf ends within a field');
  return value;
}

function isMessage(kind: Kind): kind is Message {
  return typeof kind === 'object' && 'fields' in kind;
}

function wireTypeOf(kind: Kind): number {
  return kind === 'bytes' || kind === 'text' || isMessage(kind) ? wireType.bytes : wireType.varint;
}

function readField(reader: Reader, kind: Kind, end: number): unknown {
  if (kind === 'bool') return Number(readVarint(reader, end)) !== 0;
  if (kind === 'unsigned') return String(readVarint(reader, end));
  if (kind === 'signed') {
    const number = readVarint(reader, end);
    return String(typeof number === 'bigint' ? BigInt.asIntN(64, number) : number);
  }
  if (typeof kind === 'object' && 'names' in kind) {
    const number = Number(readVarint(reader, end));
    return number === 0 ? '0' : (kind.names[number] ?? String(number));
  }
  const length = Number(readVarint(reader, end));
  const stop = reader.at + length;
  if (stop > end) throw new RangeError('a field of protobuf is longer than its message');
  if (isMessage(kind)) return readMessage(reader, kind, stop);
  const bytes = reader.bytes.subarray(reader.at, stop);
  reader.at = stop;
  return kind === 'text' ? bytes.toString('utf8') : bytes;
}

/** Seven bytes have 49 bits, and are exact as a number. */
const exactBytes = 7;

function readVarint(reader: Reader, end: number): number | bigint {
  let number = 0;
  let factor = 1;
  const from = reader.at;
  for (let i = 0; i < exactBytes; i++) {
    const byte = byteOf(reader, end);
    number += (byte & 0x7f) * factor;
    if (byte < 0x80) return number;
    factor *= 0x80;
  }
  let big = BigInt(number);
  for (let shift = BigInt(7 * exactBytes); reader.at - from < 10; shift += 7n) {
    const byte = byteOf(reader, end);
    big |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return BigInt.asUintN(64, big);
  }
  throw new RangeError('a number of protobuf has more than ten bytes');
}

function byteOf(reader: Reader, end: number): number {
  const byte = reader.at < end ? reader.bytes[reader.at] : undefined;
  if (byte === undefined) throw new RangeError('a number of protobuf ends with its message');
  reader.at++;
  return byte;
}

function skip(reader: Reader, type: number, end: number): void {
  if (type === wireType.varint) readVarint(reader, end);
  else if (type === wireType.bytes) readField(reader, 'bytes', end);
  else if (type === wireType.fixed64) reader.at += 8;
  else if (type === wireType.fixed32) reader.at += 4;
  else throw new RangeError(`protobuf has no wire type ${type}`);
}
