/** Request opcodes this server answers. Numbers: Couchbase "memcached binary protocol", section Command opcodes. */
export const opcodes = {
  get: 0x00,
  set: 0x01,
  add: 0x02,
  replace: 0x03,
  delete: 0x04,
  increment: 0x05,
  decrement: 0x06,
  quit: 0x07,
  noop: 0x0a,
  version: 0x0b,
  append: 0x0e,
  prepend: 0x0f,
  touch: 0x1c,
  getAndTouch: 0x1d,
  hello: 0x1f,
  saslList: 0x20,
  saslAuth: 0x21,
  saslStep: 0x22,
  selectBucket: 0x89,
  getMeta: 0xa0,
  getClusterConfig: 0xb5,
  getCollectionId: 0xbb,
  getErrorMap: 0xfe,
} as const;

/** Opcodes whose key starts with a collection id once collections are negotiated (HELLO has a key too, but not a document's). */
export const dataOpcodes: ReadonlySet<number> = new Set<number>([
  opcodes.get,
  opcodes.set,
  opcodes.add,
  opcodes.replace,
  opcodes.delete,
  opcodes.increment,
  opcodes.decrement,
  opcodes.append,
  opcodes.prepend,
  opcodes.touch,
  opcodes.getAndTouch,
  opcodes.getMeta,
]);

export type Opcode = (typeof opcodes)[keyof typeof opcodes];
