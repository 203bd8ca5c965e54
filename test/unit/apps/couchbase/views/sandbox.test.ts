import { describe, expect, test } from 'vitest';
import { MapProgram, ViewFault } from '#apps/couchbase/src/views/indexer/map-program.ts';
import { mapInput } from '#apps/couchbase/src/views/indexer/map-input.ts';
import { viewLimits } from '#apps/couchbase/src/views/limits.ts';

const meta = JSON.stringify({ id: 'k', rev: '1-0', expiration: 0, flags: 0, type: 'json' });
const run = (map: string, doc: unknown = {}) => new MapProgram({ map }, viewLimits).map(JSON.stringify(doc), meta);
const document = (source: string, value: string) => {
  const item = { source, value: Buffer.from(value), rev: '3-0abc', expiration: 0, flags: 7 };
  return mapInput(item);
};

test('doc and meta arrive as Couchbase gives them', async () => {
  const program = new MapProgram({ map: 'function (doc, meta) { emit(meta, doc); }' }, viewLimits);
  const json = document('k', '{"a":1}');
  const bytes = document(Buffer.from('ü').toString('latin1'), 'no json');
  expect([await program.map(json.doc, json.meta), await program.map(bytes.doc, bytes.meta)]).toEqual([
    { rows: [[{ id: 'k', rev: '3-0abc', expiration: 0, flags: 7, type: 'json' }, { a: 1 }]] },
    {
      rows: [
        [
          { id: 'ü', rev: '3-0abc', expiration: 0, flags: 7, type: 'base64' },
          Buffer.from('no json').toString('base64'),
        ],
      ],
    },
  ]);
});

test('a document whose map throws emits nothing at all; the others are not touched by it', async () => {
  const map = 'function (doc) { emit(doc.n, null); if (doc.n === 1) throw new Error("no"); }';
  const program = new MapProgram({ map }, viewLimits);
  expect([
    await program.map('{"n":0}', meta),
    await program.map('{"n":1}', meta),
    await program.map('{"n":2}', meta),
  ]).toEqual([{ rows: [[0, null]] }, { leftOut: 'Error: no' }, { rows: [[2, null]] }]);
});

test.each([
  ['what is emitted is frozen at that moment', 'function (doc) { emit(1, doc); doc.later = true; }', [[1, {}]]],
  [
    'what JSON has no word for is null',
    'function () { emit(undefined, function () {}); emit(NaN, Symbol()); }',
    [
      [null, null],
      [null, null],
    ],
  ],
  ['a getter gives its value', 'function () { emit(1, { get a() { return 2; } }); }', [[1, { a: 2 }]]],
  [
    'toJSON is followed',
    'function () { emit(new Date(0), { toJSON() { return "t"; } }); }',
    [['1970-01-01T00:00:00.000Z', 't']],
  ],
  [
    '__proto__ is a name like others',
    'function () { emit(1, JSON.parse(\'{"__proto__":{"a":1}}\')); }',
    [[1, JSON.parse('{"__proto__":{"a":1}}')]],
  ],
  ['half a surrogate pair', 'function () { emit("\\ud800", "\\udc00\\u0000"); }', [['\ud800', '\udc00\u0000']]],
  ['an async function emits until it waits', 'async function (doc) { emit(1, 1); await null; emit(2, 2); }', [[1, 1]]],
  [
    'a promise that goes on for ever',
    'function () { (function f() { Promise.resolve().then(f); })(); emit(1, 1); }',
    [[1, 1]],
  ],
  [
    'a proxy',
    'function () { emit(1, new Proxy({}, { get() { return 5; }, ownKeys() { return ["a"]; }, getOwnPropertyDescriptor() { return { enumerable: true, configurable: true, value: 5 }; } })); }',
    [[1, { a: 5 }]],
  ],
  [
    'sum and dateToArray',
    'function () { emit(dateToArray("2020-02-03T04:05:06Z"), sum([1, 2])); }',
    [[[2020, 2, 3, 4, 5, 6], 3]],
  ],
  [
    'emit inside of toJSON',
    'function () { emit(1, { toJSON() { emit(2, 2); return 3; } }); }',
    [
      [2, 2],
      [1, 3],
    ],
  ],
])('%s', async (_, map, rows) => {
  expect(await run(map)).toEqual({ rows });
});

describe('what a map function finds around it', () => {
  const globals = [
    'process',
    'require',
    'module',
    'global',
    'Buffer',
    'fetch',
    'WebAssembly',
    'std',
    'os',
    'setTimeout',
    'XMLHttpRequest',
    'print',
  ];
  const ways = [
    ['as names', 'function (name) { return eval("typeof " + name); }'],
    [
      'by the constructor of the global object',
      'function (name) { return this.constructor.constructor("return typeof " + name)(); }',
    ],
    ['by the constructor of emit', 'function (name) { return emit.constructor("return typeof " + name)(); }'],
    [
      'by a constructor of the document',
      'function (name) { return given.constructor.constructor("return typeof " + name)(); }',
    ],
    [
      'by an async constructor',
      'function (name) { let t; (async () => {}).constructor("f", "f(typeof " + name + ")")((x) => { t = x; }); return t; }',
    ],
    [
      'by a generator',
      'function (name) { return (function* () {}).constructor("yield typeof " + name)().next().value; }',
    ],
    [
      'by Error.prepareStackTrace',
      'function (name) { Error.prepareStackTrace = (e, frames) => frames; const { stack } = new Error(); const f = Array.isArray(stack) && stack[0] && stack[0].getFunction && stack[0].getFunction(); return f ? f.constructor("return typeof " + name)() : "undefined"; }',
    ],
    [
      'by a thrown error',
      'function (name) { try { null.x; } catch (e) { return e.constructor.constructor("return typeof " + name)(); } }',
    ],
    [
      'by a stack that overflowed',
      'function (name) { try { (function f() { f(); })(); } catch (e) { return e.constructor.constructor("return typeof " + name)(); } }',
    ],
    [
      'by Symbol.species',
      'function (name) { let t = "undefined"; class A extends Array { static get [Symbol.species]() { return function (n) { t = this.constructor.constructor("return typeof " + name)(); }; } } try { new A(1).map((x) => x); } catch (e) {} return t; }',
    ],
    [
      'by a caller',
      'function (name) { try { return arguments.callee.caller.constructor("return typeof " + name)(); } catch (e) { return "undefined"; } }',
    ],
  ] as const;
  test.each(ways)('nothing of the server, %s', async (_, way) => {
    const map = `function (doc) { given = doc; const way = ${way}; doc.names.forEach((name) => emit(name, way(name))); }`;
    expect(await run(map, { names: globals })).toEqual({ rows: globals.map((name) => [name, 'undefined']) });
  });

  test.each(['"node:fs"', '"fs"', '"data:text/javascript,export default 1"', '"/etc/passwd"'])(
    'import(%s) finds no module',
    async (name) => {
      const map = `function () { import(${name}).then(() => { loaded = true; }, () => {}); emit(typeof loaded, 1); }`;
      const program = new MapProgram({ map }, viewLimits);
      await program.map('{}', meta);
      expect(await program.map('{}', meta)).toEqual({ rows: [['undefined', 1]] });
    },
  );

  test('what a view spoils is its own', async () => {
    const map = `function () {
      JSON.stringify = JSON.parse = () => "]]"; Array.prototype.toJSON = () => 7; 
      Object.prototype.toString = () => { throw 1; }; String.prototype.slice = null; Array.prototype.push = null;
      emit([1], { a: "b" });
    }`;
    const spoilt = new MapProgram({ map }, viewLimits);
    expect([await spoilt.map('{}', meta), await spoilt.map('{}', meta)]).toEqual([
      { rows: [[7, { a: 'b' }]] },
      { rows: [[7, { a: 'b' }]] },
    ]);
    expect(await run('function () { emit([1], "b"); }')).toEqual({ rows: [[[1], 'b']] });
  });
});

describe('limits of one document', () => {
  test.each([
    ['an endless loop', 'for (;;) {}'],
    ['one that catches', 'for (;;) { try { for (;;) {} } catch (e) {} finally { continue; } }'],
    ['a slow regular expression', '/(a+)+$/.test("a".repeat(40) + "b")'],
    ['an endless sort', 'Array.from({ length: 10000 }, (_, i) => i).sort(() => { for (;;) {} })'],
    ['an endless toJSON', 'emit(1, { toJSON() { for (;;) {} } })'],
    ['an endless getter', 'emit({ get a() { for (;;) {} } }, 1)'],
    ['an error that cannot be said', 'throw { toString() { for (;;) {} } }'],
  ])('%s takes too long', async (_, code) => {
    expect(await run(`function () { ${code}; }`)).toEqual({ leftOut: 'it took too long' });
  });

  test.each([
    ['arrays', 'const a = []; for (;;) a.push(new Array(1000).fill(7))'],
    ['strings', 'const a = []; for (;;) a.push("x".repeat(1e6) + a.length)'],
    ['one string', '"x".repeat(2 ** 28)'],
    ['typed arrays', 'const a = []; for (;;) a.push(new Uint8Array(1e6))'],
    ['a large number', '2n ** 100000000n'],
    ['a full array', 'new Array(1e8).fill(1)'],
    ['a long join', 'new Array(1e8).join("xxxxxxxxx")'],
    ['a map that grows', 'const m = new Map(); for (let i = 0; ; i++) m.set(i, { i })'],
  ])('%s take no more than the sandbox has', async (_, code) => {
    const program = new MapProgram({ map: `function (doc) { if (doc.bad) { ${code}; } emit(1, 1); }` }, viewLimits);
    expect(await program.map('{"bad":true}', meta)).toHaveProperty('leftOut');
    expect(program.bytes).toBeLessThanOrEqual(viewLimits.sandboxBytes);
    expect(await program.map('{}', meta)).toEqual({ rows: [[1, 1]] });
  });

  test.each([
    ['a deep document', 'function (doc) { emit(1, 1); }', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['a deep value', 'function () { let a = []; for (let i = 0; i < 1e5; i++) a = [a]; emit(1, a); }', '{}'],
    ['a recursion without end', 'function f() { f(); }', '{}'],
    ['too many rows', `function () { for (let i = 0; i <= ${viewLimits.rowsOfDocument}; i++) emit(i, 1); }`, '{}'],
    [
      'too many rows, and the error caught',
      `function () { try { for (let i = 0; ; i++) emit(i, 1); } catch (e) {} emit(1, 1); }`,
      '{}',
    ],
    ['too many bytes', 'function () { for (let i = 0; i < 20; i++) emit(i, "x".repeat(60000)); }', '{}'],
    ['a long key', 'function () { emit("x".repeat(4097), 1); }', '{}'],
    ['a long key of several parts', 'function () { emit(["x".repeat(2048), "y".repeat(2048)], 1); }', '{}'],
  ])('%s leaves the document out', async (_, map, doc) => {
    expect(await new MapProgram({ map }, viewLimits).map(doc, meta)).toHaveProperty('leftOut');
  });

  test('a view is given up after too many documents over the limit of time', async () => {
    const program = new MapProgram({ map: 'function () { for (;;) {} }' }, viewLimits);
    for (let n = 1; n < viewLimits.strikes; n++) await program.map('{}', meta);
    await expect(program.map('{}', meta)).rejects.toThrow('map function took longer than 500 ms for 3 documents');
  });
});

test.each(['42', '(function () { return 1; })()', 'function ('])('%s is no map function', async (map) => {
  await expect(run(map)).rejects.toThrow(ViewFault);
});

test('what runs while a source is compiled has its limit, too', async () => {
  await expect(run('(function () { for (;;) {} })()')).rejects.toThrow('it takes too long');
});

test('a reduce function gets keys and values, and null for keys in a rereduce', async () => {
  const reduce = 'function (keys, values, rereduce) { return [keys, sum(values), rereduce]; }';
  const program = new MapProgram({ map: 'function () {}', reduce }, viewLimits);
  expect(await program.reduce(['a', 1], ['2', '3'])).toBe('[["a",1],5,false]');
  expect(await program.reduce(undefined, ['2', '3'])).toBe('[null,5,true]');
});
