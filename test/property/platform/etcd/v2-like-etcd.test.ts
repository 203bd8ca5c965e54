import fc from 'fast-check';
import { expect, test } from 'vitest';
import { besideEtcd } from '#test/unit/platform/etcd/v2/beside-etcd.ts';
import { comparable, http } from '#test/unit/platform/etcd/v2/start-v2.ts';

/** Reads of single keys come from a copy of the store from the first one on. */
const { etcd, ours } = besideEtcd({ copy: { reads: 1, bytes: 1_000_000 } });

/** Few names, so that requests meet: files where directories are wanted, and the other way round. */
const path = fc
  .array(fc.constantFrom('a', 'b', '_h', 'a b', 'ü', 'a-'), { minLength: 1, maxLength: 4 })
  .map((names) => `/${names.map(encodeURIComponent).join('/')}`);
const value = fc.constantFrom('', '1', '2', '<&>', 'ä"\\', '\u2028 +%');
const field = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(['dir', 'true'], ['recursive', 'true'], ['sorted', 'true'], ['quorum', 'true'], ['prevExist', 'true'], ['prevExist', 'false']) },
  { weight: 4, arbitrary: value.map((text) => ['prevValue', text]) },
  { weight: 4, arbitrary: fc.constantFrom('100', '200', '', '0x1', '-5').map((text) => ['ttl', text]) },
  { weight: 2, arbitrary: fc.constantFrom(['refresh', 'true'], ['refresh', 'false'], ['noValueOnSuccess', 'true']) },
  { weight: 1, arbitrary: fc.constantFrom(['prevIndex', '0'], ['prevIndex', '99999999'], ['prevIndex', 'x'], ['recursive', ''], ['wait', 'x'], ['unknown', '1']) },
); // prettier-ignore
const request = fc.record({
  method: fc.constantFrom('GET', 'GET', 'PUT', 'PUT', 'PUT', 'PUT', 'POST', 'DELETE', 'DELETE', 'HEAD'),
  path,
  slash: fc.constantFrom('', '', '', '/'),
  query: fc.array(field, { maxLength: 3 }),
  value: fc.option(value, { nil: undefined }),
  inBody: fc.boolean(),
});
type Request = typeof request extends fc.Arbitrary<infer T> ? T : never;

let run = 0;

test('random requests are answered as etcd 3.4 answers them, and leave the same tree', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(request, { minLength: 5, maxLength: 25 }), async (requests) => {
      const root = `/run${++run}`;
      for (const one of requests) {
        const { method, url, body } = written(root, one);
        const what = `${method} ${url} ${body ?? ''}`;
        const mine = await http(ours.url, method, url, body);
        const real = await http(etcd.endpoints[0] ?? '', method, url, body);
        expect({ what, ...comparable(mine) }).toEqual({ what, ...comparable(real) });
      }
      const tree = `/v2/keys${root}?recursive=true&sorted=true`;
      expect(comparable(await http(ours.url, 'GET', tree))).toEqual(
        comparable(await http(etcd.endpoints[0] ?? '', 'GET', tree)),
      );
    }),
    { numRuns: 60, endOnFailure: false },
  );
}, 240_000);

function written(root: string, { method, path: key, slash, query, value: text, inBody }: Request) {
  const fields = [...query, ...(text === undefined ? [] : [['value', text]])];
  const form = fields.map(([name = '', given = '']) => `${name}=${encodeURIComponent(given)}`).join('&');
  const hasBody = inBody && (method === 'PUT' || method === 'POST');
  const url = `/v2/keys${root}${key}${slash}${hasBody || form === '' ? '' : `?${form}`}`;
  return { method, url, body: hasBody ? form : undefined };
}
