import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Document } from '#apps/couchbase/src/bucket/document.ts';
import { Histories } from '#apps/couchbase/src/bucket/histories.ts';
import { documentMessage, readDocumentMessage } from '#apps/couchbase/src/dcp/messages.ts';
import { readXattrs, xattrBytes } from '#apps/couchbase/src/dcp/xattr-bytes.ts';
import { toBytes, utf8Bytes } from '#apps/couchbase/src/wire/byte-string.ts';
import { FrameReader } from '#apps/couchbase/src/wire/frame-reader.ts';

const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const bytes = (min: number, max: number) =>
  fc.uint8Array({ minLength: min, maxLength: max }).map((array) => Buffer.from(array).toString('latin1'));
/** Attributes as they are kept: one JSON object, in UTF-8. */
const xattrs = fc
  .dictionary(
    fc.string({ minLength: 1, maxLength: 16 }).filter((name) => !/["\\\0]/u.test(name)),
    fc.json(),
    { maxKeys: 4 },
  )
  .map((found) => {
    const members = Object.entries(found).map(([name, json]) => `${JSON.stringify(name)}:${json.replaceAll('\0', '')}`);
    return members.length === 0 ? '' : utf8Bytes(`{${members.join(',')}}`);
  });

const document: fc.Arbitrary<Document> = fc
  .record({
    value: fc.oneof(bytes(0, 40), bytes(17_000, 17_100)),
    key: bytes(1, 250),
    xattrs,
    flags: u32,
    cas: fc.maxSafeNat(),
    expiry: u32,
    seqno: fc.maxSafeNat(),
    vbucket: fc.integer({ min: 0, max: 1023 }),
    revision: u32,
    deleted: fc.boolean(),
  })
  .map((one) => (one.deleted ? { ...one, value: '', flags: 0 } : one));

test('what a message tells of a document, its reader hears', () => {
  const told = { collections: true, xattrs: true, values: true, deleteTimes: true, expirations: true };
  fc.assert(
    fc.property(document, u32, u32, fc.integer({ min: 1, max: 5000 }), (sent, collection, opaque, piece) => {
      const message = documentMessage(sent, collection, { vbucket: sent.vbucket, opaque }, told);
      const stream = Buffer.concat([message.bytes, toBytes(message.value)]);
      const reader = new FrameReader();
      for (let at = 0; at < stream.length; at += piece) {
        expect(reader.next()).toBeUndefined();
        reader.push(stream.subarray(at, at + piece));
      }
      const frame = reader.next();
      expect([frame?.opaque, frame?.packetBytes]).toEqual([opaque, stream.length]);
      expect(frame && readDocumentMessage(frame, told)).toEqual({ collection, document: sent });
      expect(reader.next()).toBeUndefined();
    }),
    { numRuns: 200 },
  );
});

test('attributes that are cut, or not what they say, are no attributes', () => {
  fc.assert(
    fc.property(xattrs, fc.nat(), (text, cut) => {
      const whole = xattrBytes(text === '' ? '{}' : text);
      expect(readXattrs(whole)).toEqual({ xattrs: text, size: whole.length });
      expect(readXattrs(whole.subarray(0, cut % whole.length))).toBeUndefined();
    }),
  );
  fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (noise) => void readXattrs(Buffer.from(noise))));
});

test('a consumer keeps no change of a history that ended before it', () => {
  /* A line of servers, each of which goes on behind some number of the one before. */
  const branches = fc.array(fc.nat(50), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(branches, fc.nat(60), fc.nat(7), (lengths, ahead, which) => {
      const histories = new Histories(1000);
      const ends: number[] = [];
      let seqno = 0;
      for (const [index, length] of lengths.entries()) {
        seqno += length;
        ends.push(seqno);
        if (index < lengths.length - 1) histories.branch(1000 * (index + 2), [seqno]);
      }
      const index = which % lengths.length;
      const at = (ends[index - 1] ?? 0) + ahead;
      const start = { uuid: 1000 * (index + 1), seqno: at, snapshotStart: at, snapshotEnd: at };
      const back = histories.rollback(0, start, seqno, 0);
      const end = ends[index] ?? 0;
      expect(back).toBe(at === 0 || at <= end ? undefined : end);
      expect(histories.rollback(0, { ...start, uuid: 7 }, seqno, 0)).toBe(at === 0 ? undefined : 0);
    }),
  );
});
