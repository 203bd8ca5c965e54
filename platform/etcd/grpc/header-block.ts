/**
 * Blocks of headers (RFC 7541) between a client and a server that share no table: the client says so in its settings, so that each block
 * stands for itself.
 */

/** `:method: POST` and `:scheme: http` in the static table (RFC 7541, appendix A). */
const postByHttp = Buffer.from([0x83, 0x86]);

/** What begins a question of gRPC over HTTP/2. @param headers names in small letters, in order; each shorter than 127 bytes */
export function headerBlock(headers: readonly (readonly [name: string, value: string])[]): Buffer {
  return Buffer.concat([postByHttp, ...headers.map(([name, value]) => literal(name, value))]);
}

/** Without indexing, with a new name, not compressed (RFC 7541, 6.2.2). */
function literal(name: string, value: string): Buffer {
  return Buffer.concat([
    Buffer.from([0, name.length]),
    Buffer.from(name),
    Buffer.from([value.length]),
    Buffer.from(value),
  ]);
}

/**
 * Headers with names of their own; those that the static table names are of no use here and left out.
 * @throws RangeError when it is no such block
 */
export function readHeaderBlock(block: Buffer): Map<string, string> {
  const found = new Map<string, string>();
  const reader = { block, at: 0 };
  while (reader.at < block.length) {
    const first = block[reader.at] ?? 0;
    if (first >= 0x80) {
      isStatic(readNumber(reader, 7));
      continue;
    }
    if (first >= 0x20 && first < 0x40) {
      // The size of the table that is not used.
      readNumber(reader, 5);
      continue;
    }
    const index = readNumber(reader, first >= 0x40 ? 6 : 4);
    const name = index === 0 ? readText(reader) : (isStatic(index), undefined);
    const value = readText(reader);
    if (name !== undefined) found.set(name, value);
  }
  return found;
}

const staticEntries = 61;

function isStatic(index: number): void {
  if (index > staticEntries) throw new RangeError('a header of a table that there is none of');
}

interface Reader {
  readonly block: Buffer;
  at: number;
}

/** RFC 7541, 5.1 */
function readNumber(reader: Reader, bits: number): number {
  const most = 2 ** bits - 1;
  let number = nextByte(reader) & most;
  if (number < most) return number;
  for (let factor = 1; factor <= 2 ** 21; factor *= 0x80) {
    const byte = nextByte(reader);
    number += (byte & 0x7f) * factor;
    if (byte < 0x80) return number;
  }
  throw new RangeError('a number too long for a header');
}

function nextByte(reader: Reader): number {
  const byte = reader.block[reader.at++];
  if (byte === undefined) throw new RangeError('a block of headers that ends too early');
  return byte;
}

function readText(reader: Reader): string {
  const isCompressed = (reader.block[reader.at] ?? 0) >= 0x80;
  const length = readNumber(reader, 7);
  const bytes = reader.block.subarray(reader.at, (reader.at += length));
  if (bytes.length < length) throw new RangeError('a header that ends too early');
  return isCompressed ? expanded(bytes) : bytes.toString('latin1');
}

/**
 * Lengths of the codes of what can be printed, from the space to `~` (RFC 7541, appendix B; a base 36 digit each). Codes of one length are in the
 * order of the characters, and those of the next length follow on.
 */
const codeLengths = '6aacd68baa8b8666555666666678f6cad67777777777777777777777878djde6f56565666577666567655677777fbed';
/** The one character that cannot be printed and has a code as short: NUL, the first of 13 bits. */
const codeOfNul = 13;
const longestCode = 19;

const characters = new Map<number, string>();
{
  const lengths = [...codeLengths].map((digit) => parseInt(digit, 36));
  let code = 0;
  for (let length = 5; length <= longestCode; length++) {
    code *= 2;
    if (length === codeOfNul) code++;
    for (const [i, of] of lengths.entries())
      if (of === length) characters.set(2 ** length + code++, String.fromCharCode(32 + i));
  }
}

/** Text of gRPC has nothing but what can be printed (gRPC over HTTP2, "Percent-Encoded"). */
function expanded(bytes: Buffer): string {
  let text = '';
  // With a 1 before it, so that codes that begin with zeros differ by their length.
  let code = 1;
  for (const byte of bytes) {
    for (let bit = 7; bit >= 0; bit--) {
      code = code * 2 + ((byte >> bit) & 1);
      const character = characters.get(code);
      if (character !== undefined) {
        text += character;
        code = 1;
      } else if (code >= 2 ** (longestCode + 1)) throw new RangeError('a header with a character of no gRPC');
    }
  }
  return text;
}
