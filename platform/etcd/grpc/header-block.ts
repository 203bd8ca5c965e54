/**
 * Blocks of headers as HTTP/2 has them (HPACK, RFC 7541), the little that a question of gRPC needs: what is written is literal, or one of the static
 * table by its number; of what is read only literals count, as it is with a server that was told to keep no table.
 */
export function headerBlock(path: string, authority: string): Buffer {
  return Buffer.concat([
    Buffer.from([0x83, 0x86]), // :method POST, :scheme http
    Buffer.from([0x04]), literal(path), // :path
    Buffer.from([0x01]), literal(authority), // :authority
    Buffer.from([0x0f, 0x10]), literal('application/grpc'), // content-type
    headerField('te', 'trailers'),
  ]); // prettier-ignore
}

/** One more, at the end of a block. */
export function headerField(name: string, value: string): Buffer {
  return Buffer.concat([Buffer.from([0x00]), literal(name), literal(value)]);
}

/** A string as it is (RFC 7541, 5.2). @throws RangeError at one of 127 bytes or more */
function literal(text: string): Buffer {
  const bytes = Buffer.from(text, 'latin1');
  if (bytes.length >= 127) throw new RangeError(`a header is too long: ${text}`);
  return Buffer.concat([Buffer.from([bytes.length]), bytes]);
}

/** Those that are written out, by name. @throws RangeError when the bytes are no such block */
export function literalHeaders(block: Buffer): Map<string, string> {
  const found = new Map<string, string>();
  const reader = { block, at: 0 };
  while (reader.at < block.length) {
    const first = block[reader.at] ?? 0;
    if (first >= 0x80) integer(reader, 7);
    else if (first >= 0x20 && first < 0x40)
      integer(reader, 5); // the size of the table
    else {
      const isNamed = integer(reader, first >= 0x40 ? 6 : 4) === 0;
      const name = isNamed ? string(reader) : undefined;
      const value = string(reader);
      if (name !== undefined) found.set(name, value);
    }
  }
  return found;
}

interface Reader {
  readonly block: Buffer;
  at: number;
}

/** RFC 7541, 5.1. @param bits of the first byte that are its */
function integer(reader: Reader, bits: number): number {
  const most = 2 ** bits - 1;
  let value = byteOf(reader) & most;
  if (value < most) return value;
  for (let factor = 1; factor < 2 ** 28; factor *= 0x80) {
    const byte = byteOf(reader);
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) return value;
  }
  throw new RangeError('a number of a header block is too long');
}

function byteOf(reader: Reader): number {
  const byte = reader.block[reader.at++];
  if (byte === undefined) throw new RangeError('a header block ends within a header');
  return byte;
}

function string(reader: Reader): string {
  const isCoded = ((reader.block[reader.at] ?? 0) & 0x80) !== 0;
  const length = integer(reader, 7);
  const bytes = reader.block.subarray(reader.at, reader.at + length);
  if (bytes.length < length) throw new RangeError('a header block ends within a header');
  reader.at += length;
  return isCoded ? decoded(bytes) : bytes.toString('latin1');
}

/**
 * How many bits each printable character has (RFC 7541, appendix B), from the space on; codes are handed out by length, and then by character. Others are
 * not in a header of gRPC. The one of 13 bits before them is that of the character 0.
 */
const codeLengths = [
  6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
  13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
  15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13,
]; // prettier-ignore

/** By the code, with a 1 before it. */
const characters = new Map<number, string>();
{
  const all = [
    { length: 13, character: '\0' },
    ...codeLengths.map((length, i) => ({ length, character: String.fromCharCode(0x20 + i) })),
  ];
  let code = 0;
  let last = 0;
  for (const { length, character } of all.sort((a, b) => a.length - b.length || (a.character < b.character ? -1 : 1))) {
    code *= 2 ** (length - last);
    last = length;
    characters.set(2 ** length + code++, character);
  }
}

const longestCode = 19;

function decoded(bytes: Buffer): string {
  let text = '';
  let code = 1;
  for (const byte of bytes) {
    for (let bit = 7; bit >= 0; bit--) {
      code = code * 2 + ((byte >> bit) & 1);
      const character = characters.get(code);
      if (character !== undefined) {
        text += character;
        code = 1;
      } else if (code >= 2 ** (longestCode + 1)) throw new RangeError('a character of a header that is none of gRPC');
    }
  }
  return text;
}
