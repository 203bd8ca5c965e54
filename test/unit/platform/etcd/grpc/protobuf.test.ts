import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decode, encode, message } from '#platform/etcd/grpc/protobuf.ts';

const inner = message({ 1: ['name', 'text'], 2: ['number', 'signed'] });
const all = message({
  1: ['big', 'unsigned'],
  2: ['signed', 'signed'],
  3: ['flag', 'bool'],
  4: ['bytes', 'bytes'],
  5: ['inner', inner],
  6: ['many', inner, 'repeated'],
  7: ['names', 'text', 'repeated'],
  64: ['far', 'bytes'],
  65: ['kind', { names: ['PUT', 'DELETE'] }],
});

const hex = (bytes: Buffer) => bytes.toString('hex');

describe('protobuf', () => {
  // "Protocol Buffers, Encoding": 150 in field 2 is 10 96 01, the text "testing" in field 1 is 0a 07 74 65 ...; tag 64 takes two bytes.
  test.each([
    [inner, { number: '150' }, '109601'],
    [inner, { name: 'testing' }, '0a0774657374696e67'],
    [inner, { number: '-2' }, '10feffffffffffffffff01'],
    [all, { big: '18446744073709551615' }, '08ffffffffffffffffff01'],
    [all, { far: Buffer.from('x') }, '82040178'],
    [all, { many: [{ number: 1 }, {}] }, '320210013200'],
    [all, { inner: { number: 0 } }, '2a021000'],
  ])('%#: is written as its documentation says', (of, value, bytes) => {
    expect(hex(encode(of, value))).toBe(bytes);
  });

  test('what is written is read again, in the JSON mapping', () => {
    const signed = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).filter((number) => number !== 0n);
    const small = fc.record({ name: fc.string({ minLength: 1 }), number: signed.map(String) }, { requiredKeys: [] });
    const value = fc.record(
      {
        big: fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }).map(String),
        signed: signed.map(String),
        flag: fc.constant(true),
        bytes: fc.uint8Array({ maxLength: 2000 }).map((bytes) => Buffer.from(bytes)),
        inner: small,
        many: fc.array(small, { minLength: 1, maxLength: 30 }),
        names: fc.array(fc.string({ maxLength: 300 }), { minLength: 1 }),
        far: fc.uint8Array().map((bytes) => Buffer.from(bytes)),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(value, (given) => {
        expect(decode(all, encode(all, given))).toEqual(given);
      }),
    );
  });

  test('what is 0 or false is as good as not there, and an enum has names', () => {
    expect(decode(all, Buffer.from('080010001800', 'hex'))).toEqual({});
    expect(decode(all, Buffer.from('880401', 'hex'))).toEqual({ kind: 'DELETE' });
    expect(decode(all, Buffer.from('880400', 'hex'))).toEqual({});
    expect(decode(inner, encode(inner, { name: '0' }))).toEqual({ name: '0' });
  });

  test('fields that nobody knows are passed over, whatever their type', () => {
    const unknown = ['9006ff01', `9106${'00'.repeat(8)}`, '920603616263', `9506${'00'.repeat(4)}`].join('');
    expect(decode(inner, Buffer.from(`${unknown}1001`, 'hex'))).toEqual({ number: '1' });
  });

  test.each([
    ['cut in a number', '10'],
    ['cut in a text', '0a0774'],
    ['a field longer than its message', '2a03100132'],
    ['a number without end', `10${'ff'.repeat(11)}`],
    ['a length past all bytes', '0affffffff0f'],
    ['an unknown field past the end', '92060a61'],
    ['a wire type that there is none of', '97'],
  ])('%s is refused', (_, bytes) => {
    expect(() => decode(bytes.startsWith('2a') ? all : inner, Buffer.from(bytes, 'hex'))).toThrow(RangeError);
  });
});
