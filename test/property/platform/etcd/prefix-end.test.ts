import fc from 'fast-check';
import { expect, test } from 'vitest';
import { prefixEnd } from '#platform/etcd/wire.ts';

const text = fc.string({ unit: 'binary', maxLength: 6 });
const inRange = (key: Buffer, start: Buffer, end: Buffer) =>
  Buffer.compare(key, start) >= 0 && (end.equals(Buffer.from([0])) || Buffer.compare(key, end) < 0);

test('the range [prefix, prefixEnd) holds just the keys with the prefix', () => {
  fc.assert(
    fc.property(text, text, (prefix, other) => {
      const [start, end] = [Buffer.from(prefix), prefixEnd(prefix)];
      for (const key of [Buffer.from(prefix + other), Buffer.from(other)]) {
        const starts = key.subarray(0, start.length).equals(start);
        expect(inRange(key, start, end)).toBe(starts);
      }
    }),
  );
});
