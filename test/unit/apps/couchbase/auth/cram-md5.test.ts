import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CramMd5Exchange } from '#apps/couchbase/src/auth/cram-md5.ts';
import { HmacMd5 } from '#apps/couchbase/src/auth/hmac-md5.ts';

const tim = HmacMd5.of('tanstaaftanstaaf');
const keyOf = (name: string) => (name === 'tim' ? tim : undefined);
// The example of RFC 2195.
const challenge = '<1896.697170952@postoffice.reston.mci.net>';
const answer = 'tim b913a602c7eda7a495b4e6e7334d3890';

test('the example of RFC 2195', () => {
  expect(new CramMd5Exchange(challenge).final(answer, keyOf)).toBe('tim');
});

test.each([
  ['another digest', 'tim b913a602c7eda7a495b4e6e7334d3891'],
  ['another name', answer.replace('tim', 'tom')],
  ['no digest', 'tim'],
  ['no name', ' b913a602c7eda7a495b4e6e7334d3890'],
  ['a digest cut short', answer.slice(0, -2)],
  ['capital letters', answer.toUpperCase().replace('TIM', 'tim')],
  ['nothing', ''],
])('%s proves nothing', (_, message) => {
  expect(new CramMd5Exchange(challenge).final(message, keyOf)).toBeUndefined();
});

test('an answer to one challenge is none to another, and challenges differ', () => {
  const [first, second] = [new CramMd5Exchange(), new CramMd5Exchange()];
  const digest = tim.digest(first.challenge).toString('hex');
  expect(first.final(`tim ${digest}`, keyOf)).toBe('tim');
  expect(second.final(`tim ${digest}`, keyOf)).toBeUndefined();
});

test('HMAC-MD5 under any key is that of Node, as often as one likes', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 200 }), fc.string(), fc.string(), (key, one, other) => {
      const kept = HmacMd5.of(key);
      for (const data of [one, other, one]) {
        expect(kept.digest(data).toString('hex')).toBe(createHmac('md5', key).update(data).digest('hex'));
      }
    }),
  );
});
