import fc from 'fast-check';
import { encodeLeb128 } from '#apps/couchbase/src/wire/leb128.ts';
import { dcpOpcodes, opcodes, subdocOpcodes } from '#apps/couchbase/src/wire/opcodes.ts';
import { packet } from '#test/unit/apps/couchbase/support/kv-client.ts';

/** What one key-value client sends, in the pieces in which it sends it. */
export interface KeyValueSession {
  readonly kind: 'key-value';
  readonly segments: readonly Buffer[];
  /** It leaves without a look at its answers. */
  readonly isRude: boolean;
}

const known = [...Object.values(opcodes), ...Object.values(dcpOpcodes), ...Object.values(subdocOpcodes)];
const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((array) => Buffer.from(array));
const exactly = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((array) => Buffer.from(array));
const text = (...texts: string[]) => fc.constantFrom(...texts).map((one) => Buffer.from(one, 'latin1'));
const u16 = (number: number) => Buffer.from([(number >> 8) & 0xff, number & 0xff]);
const u32 = (number: number) => Buffer.concat([u16(number >>> 16), u16(number & 0xffff)]);

/** One time of so many. */
function sometimes<Value>(times: number, arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> {
  return fc.oneof({ weight: times - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
}

const opcode = fc.oneof(
  {
    weight: 30,
    arbitrary: fc.constantFrom(...known.filter((code) => code !== opcodes.quit && code !== opcodes.quitQuietly)),
  },
  { weight: 1, arbitrary: fc.nat(255) },
);
const collection = fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, fc.constantFrom(1, 8, 9, 127, 0xffff_ffff));
const key = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(collection, text('a', 'b', 'c', 'json', 'list', 'number', 'k'.repeat(250)))
      .map(([id, name]) => Buffer.concat([encodeLeb128(id), name])),
  },
  text('default', '_default', 'PLAIN', 'SCRAM-SHA512', 'CRAM-MD5', 'memory', 'vbucket 3', 'key a 1', 'collections'),
  bytes(300),
);
const json = text(
  '{"a":{"b":[1,2,{"c":null}]},"n":1}',
  '[1,2,3]',
  '7',
  '"t"',
  '{',
  '[[[[[[]]]]]]',
  '{"a":1,"a":2}',
  '1e999',
  '-0',
);
const path = text(
  'a',
  'a.b',
  'a.b[0]',
  'a.b[-1]',
  'n',
  '[0]',
  '',
  '`',
  '``',
  'a..b',
  '$document',
  '$XTOC',
  '_sys.x',
  'x[',
  'a'.repeat(1025),
);
const spec = fc
  .tuple(
    fc.constantFrom(0, 1, 4, ...Object.values(subdocOpcodes)),
    fc.nat(255),
    path,
    fc.oneof(json, text('${Mutation.CAS}', '1', '')),
    fc.boolean(),
  )
  .map(([code, flags, where, value, isMutation]) =>
    Buffer.concat([
      Buffer.from([code, flags]),
      u16(where.length),
      ...(isMutation ? [u32(value.length), where, value] : [where]),
    ]),
  );
const scan = fc
  .record(
    {
      collection: fc.constantFrom('0', '8', 'x'),
      key_only: fc.boolean(),
      range: fc.constantFrom({ start: 'YQ==', end: 'eg==' }, { start: '?', end: 1 }, {}),
      sampling: fc.constantFrom({ samples: 3, seed: 1 }, { samples: -1 }, { samples: 1e300 }),
      snapshot_requirements: fc.constantFrom({ vb_uuid: '1', seqno: 1 }, { vb_uuid: 1 }, null),
    },
    { requiredKeys: [] },
  )
  .map((asked) => Buffer.from(JSON.stringify(asked)));
const value = fc.oneof(
  { weight: 3, arbitrary: json },
  { weight: 3, arbitrary: fc.array(spec, { maxLength: 18 }).map((specs) => Buffer.concat(specs)) },
  scan,
  text(
    'default',
    '_default.x',
    '\0Administrator\0Password1',
    '\0no\0body',
    'n,,n=Administrator,r=abc',
    'c=biws,r=abc,p=AAAA',
    'true',
  ),
  bytes(600),
);
const { set, add, replace, increment, decrement, touch, getAndTouch, getLocked, observeSeqno, rangeScanContinue } =
  opcodes;
/** Bytes of extras that a command is refused without. */
const usualExtras: ReadonlyMap<number, number> = new Map([
  ...[set, add, replace].map((code) => [code, 8] as const),
  ...[increment, decrement].map((code) => [code, 20] as const),
  ...[touch, getAndTouch, getLocked].map((code) => [code, 4] as const),
  [observeSeqno, 0],
  [rangeScanContinue, 28],
  [dcpOpcodes.open, 8],
  [dcpOpcodes.streamRequest, 48],
  [dcpOpcodes.bufferAcknowledgement, 4],
  ...Object.values(subdocOpcodes).map((code) => [code, 3] as const),
]);
const extrasOf = (code: number) =>
  fc.oneof(
    { weight: 8, arbitrary: exactly(usualExtras.get(code) ?? 0) },
    { weight: 2, arbitrary: fc.constant(Buffer.alloc(usualExtras.get(code) ?? 0)) },
    fc.constantFrom(0, 1, 2, 3, 4, 8, 9, 16, 20, 24, 32, 48, 255).chain(exactly),
  );
const framing = fc.oneof(
  text('\x11\x01', '\x13\x03\x00\x01', '\x50', '\x11\x02\x50', '\x11\x09', '\xff\xff'),
  bytes(20),
);

const frame = opcode
  .chain((code) =>
    fc.record({
      code: fc.constant(code),
      frames: sometimes(5, framing),
      extras: extrasOf(code),
      key,
      value,
      cas: fc.oneof({ weight: 5, arbitrary: fc.constant(0n) }, fc.bigInt(0n, 2n ** 64n - 1n)),
      vbucket: fc.nat(1100),
      opaque: fc.nat(0xffff_ffff),
    }),
  )
  .map(({ code, frames, key: name, ...parts }) =>
    // In the other form the key's length has one byte.
    frames === undefined
      ? packet(code, { ...parts, key: name })
      : packet(code, { ...parts, framing: frames, key: name.subarray(0, 255) }),
  );

/** A byte of the packet's header that is not what it was. */
const damage = sometimes(40, fc.record({ at: fc.nat(23), to: fc.nat(255) }));
const damaged = fc.tuple(frame, damage).map(([whole, change]) => {
  if (change !== undefined) whole[change.at] = change.to;
  return whole;
});

const features = [0x04, 0x06, 0x07, 0x08, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x10, 0x11, 0x12, 0x14, 0x15, 0x17, 0x1c];
const beginning = fc
  .record({
    features: fc.oneof(fc.constant(features), fc.subarray(features)),
    signsIn: fc.nat(9),
    opensChanges: fc.nat(9),
  })
  .map(({ features: asked, signsIn, opensChanges }) =>
    Buffer.concat([
      packet(opcodes.hello, { value: Buffer.concat(asked.map(u16)) }),
      ...(signsIn === 0
        ? []
        : [
            packet(opcodes.saslAuth, { key: 'PLAIN', value: '\0Administrator\0Password1' }),
            packet(opcodes.selectBucket, { key: 'default' }),
          ]),
      ...(opensChanges === 0
        ? [packet(dcpOpcodes.open, { key: 'fuzz', extras: Buffer.from('0000000000000001', 'hex') })]
        : []),
    ]),
  );

/** Any session: mostly of commands that exist, about documents that may be there, with parts that fit now and then. */
export const keyValueSession: fc.Arbitrary<KeyValueSession> = fc
  .record({
    beginning,
    frames: fc.array(damaged, { minLength: 1, maxLength: 30 }),
    cuts: fc.array(fc.nat(8000), { maxLength: 4 }),
    isRude: fc.nat(9).map((number) => number === 0),
  })
  .map(({ beginning: first, frames, cuts, isRude }) => {
    const stream = Buffer.concat([first, ...frames]);
    const edges = [0, ...cuts.filter((cut) => cut < stream.length).sort((one, other) => one - other), stream.length];
    const segments = edges.slice(1).map((end, index) => stream.subarray(edges[index] ?? 0, end));
    return { kind: 'key-value', segments, isRude };
  });
