/** Flexible framing extras of a request (magic 0x08). */
export interface FramingExtras {
  /** Durability level asked: 1 majority, 2 majority and persist to active, 3 persist to majority. */
  readonly durability?: number;
  readonly preserveExpiry?: true;
}

const ids = { barrier: 0, durability: 1, preserveExpiry: 5 } as const;

/**
 * Reads the frames: a byte with id (high nibble) and length (low nibble), nibble 15 escaping into a byte of its own.
 * Text instead of a value means: malformed or unknown, to be answered with "unknown frame info".
 * Source: Couchbase "memcached binary protocol", Request header with flexible framing extras.
 */
export function readFramingExtras(bytes: Buffer): FramingExtras | string {
  const found: { durability?: number; preserveExpiry?: true } = {};
  let at = 0;
  while (at < bytes.length) {
    const tag = bytes[at++] ?? 0;
    let id = tag >> 4;
    let size = tag & 0x0f;
    if (id === 15) id = 15 + (bytes[at++] ?? 0);
    if (size === 15) size = 15 + (bytes[at++] ?? 0);
    if (at + size > bytes.length) return 'frame info runs over its end';
    // A level alone, or with a timeout of two bytes: what one node can do it has done before any timeout.
    if (id === ids.durability && (size === 1 || size === 3)) found.durability = bytes[at] ?? 0;
    else if (id === ids.preserveExpiry && size === 0) found.preserveExpiry = true;
    else if (id !== ids.barrier || size !== 0) return `frame info ${id} of ${size} bytes is not known`;
    at += size;
  }
  return found;
}
