/** Limits of sub-document commands, as Couchbase Server has them (kv_engine, docs/SubDocument.md). */
export const subdocumentLimits = {
  /** Components of a path, and levels of a document that a path is looked for in. */
  depth: 32,
  /** Bytes of a path. */
  pathBytes: 1024,
  /** Paths of one command. */
  paths: 16,
  /** Bytes of the name of an extended attribute. */
  attributeNameBytes: 16,
  /** Bytes of the attributes of the system: they come on top of a document's largest size. */
  systemAttributeBytes: 1024 * 1024,
} as const;
