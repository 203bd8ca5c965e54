/** HELLO features (Couchbase "memcached binary protocol", HELLO). Only those this server really offers are granted. */
export const features = {
  tcpNoDelay: 0x03,
  mutationSeqno: 0x04,
  xattr: 0x06,
  xerror: 0x07,
  selectBucket: 0x08,
  json: 0x0b,
  unorderedExecution: 0x0e,
  altRequest: 0x10,
  syncReplication: 0x11,
  collections: 0x12,
  preserveTtl: 0x14,
  virtualXattr: 0x15,
  subdocCreateAsDeleted: 0x17,
  subdocDocumentMacros: 0x18,
  replaceBodyWithXattr: 0x19,
  subdocReplicaRead: 0x1c,
  subdocBinaryXattr: 0x21,
} as const;

const offered: ReadonlySet<number> = new Set(Object.values(features));

/**
 * Which of the asked features are granted, in the order asked, each once.
 * Snappy, duplex and tracing are declined: nothing here would honour them, and a client may not be promised them.
 */
export function grantFeatures(asked: readonly number[]): number[] {
  return [...new Set(asked)].filter((feature) => offered.has(feature));
}

/** Unpacks HELLO's value: a list of big-endian u16. `undefined` when the length is odd. */
export function readFeatureList(value: Buffer): number[] | undefined {
  if (value.length % 2 !== 0) return undefined;
  return Array.from({ length: value.length / 2 }, (_, index) => value.readUInt16BE(index * 2));
}
