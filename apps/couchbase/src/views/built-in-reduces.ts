/** Reduce functions that are built in. Source: Couchbase "Writing views", built-in reduce functions. */
export const builtInReduces = ['_count', '_sum', '_stats'] as const;
export type BuiltInReduce = (typeof builtInReduces)[number];

/** Whether the source of a reduce function is the name of a built-in one, `_count` say. Pure. */
export function isBuiltInReduce(source: string): source is BuiltInReduce {
  return (builtInReduces as readonly string[]).includes(source);
}
