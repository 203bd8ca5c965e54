import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readRequest } from '#apps/couchbase/src/cli/resident/request.ts';

test('a request is read however it is cut, and never before it is whole', () => {
  const word = fc.string({ unit: fc.constantFrom('a', '=', ' ', '\n', '7', '-', 'ä') });
  const env = fc.dictionary(fc.constantFrom('CB_REST_USERNAME', 'COUCHBASE_GENERATION'), word);
  fc.assert(
    fc.property(env, fc.array(word), fc.nat(), (variables, argv, cut) => {
      const entries = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
      const fields = [String(entries.length), ...entries, String(argv.length), ...argv];
      const whole = Buffer.from(fields.map((field) => `${field}\0`).join(''));
      expect(readRequest(whole)).toEqual({ env: variables, argv });
      expect(readRequest(whole.subarray(0, cut % whole.length))).toBeUndefined();
      expect(readRequest(Buffer.concat([whole, Buffer.from('more\0')]))).toBe('nonsense');
    }),
  );
});
