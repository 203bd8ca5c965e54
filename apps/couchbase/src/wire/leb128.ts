/** A decoded collection id and how many bytes it took. */
export interface Leb128 {
  readonly value: number;
  readonly size: number;
}

/**
 * Decodes an unsigned LEB128 u32 (collection ids, Couchbase "Collections: key encoding").
 * `undefined` when the bytes end too soon, the number does not fit 32 bits, or it could be said in fewer bytes.
 */
export function decodeLeb128(bytes: Uint8Array): Leb128 | undefined {
  let value = 0;
  for (let index = 0; index < 5; index++) {
    const byte = bytes[index];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * 2 ** (7 * index);
    if ((byte & 0x80) !== 0) continue;
    const isShortest = index === 0 || byte !== 0;
    return isShortest && value <= 0xffff_ffff ? { value, size: index + 1 } : undefined;
  }
  return undefined;
}

/** Encodes a u32 as unsigned LEB128. */
export function encodeLeb128(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low | 0x80 : low);
  } while (rest > 0);
  return Buffer.from(bytes);
}
