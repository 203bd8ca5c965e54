/**
 * Bytes as a string of char codes 0 to 255 (a "ByteString" in WebIDL). That is how documents are kept: such a string costs its bytes and
 * 16 more on V8's heap. A Buffer costs 100, and a small one is a slice of a pool of 8 KiB that lives as long as any slice of it.
 */
export type ByteString = string;

/** The bytes themselves. */
export function toBytes(text: ByteString): Buffer {
  return Buffer.from(text, 'latin1');
}

/** @param start first byte taken @param end first byte not taken */
export function toByteString(bytes: Buffer, start = 0, end = bytes.length): ByteString {
  return bytes.toString('latin1', start, end);
}

/** The UTF-8 bytes of a text. */
export function utf8Bytes(text: string): ByteString {
  return toByteString(Buffer.from(text, 'utf8'));
}

/** The text that UTF-8 bytes stand for; what is no UTF-8 becomes U+FFFD. */
export function utf8Text(bytes: ByteString): string {
  return toBytes(bytes).toString('utf8');
}

/** The same bytes in a string of their own: V8 keeps a slice or a joint of strings as a reference to the whole of them. */
export function compact(text: ByteString): ByteString {
  return toByteString(toBytes(text));
}
