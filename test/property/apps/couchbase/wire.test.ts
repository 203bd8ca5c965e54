import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FrameReader } from '#apps/couchbase/src/wire/frame-reader.ts';
import type { RequestFrame } from '#apps/couchbase/src/wire/frame.ts';
import { decodeLeb128, encodeLeb128 } from '#apps/couchbase/src/wire/leb128.ts';
import { packet } from '#test/unit/apps/couchbase/support/kv-client.ts';

const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((array) => Buffer.from(array));
const request = fc.record({
  opcode: fc.nat(255),
  framing: fc.option(bytes(20), { nil: undefined }),
  extras: bytes(24),
  key: bytes(250),
  value: bytes(400),
  opaque: fc.nat(0xffff_ffff),
  cas: fc.oneof(
    fc.bigInt(0n, 2n ** 64n - 1n),
    fc.bigInt(0n, 2n ** 53n - 1n).map((steps) => steps * 1024n),
  ),
});

const encode = ({ opcode, framing, ...parts }: typeof request extends fc.Arbitrary<infer Value> ? Value : never) =>
  packet(opcode, framing === undefined ? parts : { ...parts, framing });

// Frames are views of the stream's buffers: comparing them needs their bytes at this moment.
const shown = ({ opcode, opaque, cas, framing, extras, key, value }: RequestFrame) => ({
  opcode,
  opaque,
  cas,
  parts: [framing, extras, key, value].map((part) => part.toString('hex')),
});
// A server's own CAS is a multiple of 1,024; any other is no document's.
const asKept = (cas: bigint) => (cas % 1024n === 0n ? Number(cas / 1024n) : NaN);

test('any cutting of a stream into segments gives the same frames, with every field as it was sent', () => {
  fc.assert(
    fc.property(fc.array(request, { maxLength: 6 }), fc.array(fc.nat(2000), { maxLength: 12 }), (requests, cuts) => {
      const stream = Buffer.concat(requests.map(encode));
      const edges = [
        0,
        ...cuts.filter((cut) => cut < stream.length).sort((left, right) => left - right),
        stream.length,
      ];
      const reader = new FrameReader();
      const frames = edges
        .slice(1)
        .flatMap((end, index) => [...framesOf(reader, stream.subarray(edges[index] ?? 0, end))].map(shown));
      expect(frames).toEqual(
        requests.map(({ opcode, opaque, cas, framing, extras, key, value }) => ({
          opcode,
          opaque,
          cas: asKept(cas),
          parts: [framing ?? Buffer.alloc(0), extras, key, value].map((part) => part.toString('hex')),
        })),
      );
    }),
  );
});

test('any bytes either give frames or an error that says the stream is not the protocol', () => {
  fc.assert(
    fc.property(fc.array(bytes(60), { maxLength: 5 }), (segments) => {
      const reader = new FrameReader();
      try {
        for (const segment of segments)
          for (const frame of framesOf(reader, segment)) expect(frame.key.length).toBeLessThan(65536);
      } catch (error) {
        expect(error).toMatchObject({ code: 'input.frame' });
      }
    }),
  );
});

test('LEB128: what was written is read back, with bytes after it left alone', () => {
  fc.assert(
    fc.property(fc.nat(0xffff_ffff), bytes(8), (value, rest) => {
      const encoded = encodeLeb128(value);
      expect(encoded.length).toBe(Math.max(1, Math.ceil(value.toString(2).length / 7)));
      expect(decodeLeb128(Buffer.concat([encoded, rest]))).toEqual({ value, size: encoded.length });
    }),
  );
});

test('LEB128: cut short or over 32 bits is refused', () => {
  fc.assert(
    fc.property(fc.nat(0xffff_ffff), (value) => {
      const encoded = encodeLeb128(value);
      for (let size = 0; size < encoded.length; size++) expect(decodeLeb128(encoded.subarray(0, size))).toBeUndefined();
    }),
  );
  expect(decodeLeb128(Buffer.from('ffffffff7f', 'hex'))).toBeUndefined();
  expect(decodeLeb128(Buffer.from('808080808001', 'hex'))).toBeUndefined();
});

function* framesOf(reader: FrameReader, chunk: Buffer): Generator<RequestFrame> {
  reader.push(chunk);
  for (let frame = reader.next(); frame !== undefined; frame = reader.next()) yield frame;
}
