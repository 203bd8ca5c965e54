import fc from 'fast-check';

/** A design document, and what is asked of it when it is there. */
export interface DesignDocument {
  readonly kind: 'design';
  readonly source: string;
  /** Queries of its view `v`. */
  readonly queries: readonly string[];
}

const statement = fc.constantFrom(
  'emit(meta.id, null);',
  'emit(doc, doc);',
  'emit([doc.n, doc.list, null], 1);',
  'emit(doc.a.b.c, 1);',
  'emit();',
  'emit(NaN, undefined);',
  'emit(Symbol(), function () {});',
  'emit("x".repeat(5000), 1);',
  'for (var i = 0; i < 200; i++) emit(i, i);',
  'throw new Error("no");',
  'throw null;',
  'var o = {}; o.o = o; emit(o, o);',
  'doc.n = 1; meta.id = 2; emit(doc, meta);',
  'emit.call(null, 1); emit = null;',
  'Object.prototype.toJSON = function () { return 1; };',
  'Array.prototype.push = null; JSON.stringify = null;',
  'emit({ toJSON: function () { throw 1; } }, 1);',
  'emit(new Proxy({}, { get: function () { throw 2; } }), 1);',
  'this.constructor.constructor("return process")();',
  'emit(/(a+)+$/.test("aaaaaaaaaaaaaaaa!"), 1);',
  '(function f() { f(); })();',
  'emit(dateToArray(new Date(0)), sum([1, 2]));',
  'emit("\\ud800", "\\u0000");',
  'eval("emit(1, 2)");',
  'new Function("emit(3, 4)")();',
  'Promise.resolve().then(function () { emit(5, 6); });',
  'syntax error here',
);
/** What costs seconds: now and then. */
const costly = fc.constantFrom('for (;;);', 'var a = []; for (;;) a.push(a.slice());', 'var s = "x"; for (;;) s += s;');
const map = fc.oneof(
  {
    weight: 20,
    arbitrary: fc
      .array(statement, { maxLength: 4 })
      .map((statements) => `function (doc, meta) { ${statements.join(' ')} }`),
  },
  {
    weight: 1,
    arbitrary: costly.map((loop) => `function (doc, meta) { if (meta.id === "a") { ${loop} } emit(1, 1); }`),
  },
  fc.constantFrom(
    '',
    'function',
    '(doc) => emit(1, 1)',
    'function () {}; process.exit()',
    '/*',
    '1',
    'function (doc, meta) { }}) ({',
  ),
  fc.string({ maxLength: 80 }),
);
const reduce = fc.oneof(
  fc.constantFrom(
    '_count',
    '_sum',
    '_stats',
    '_none',
    'function (keys, values, again) { return again ? sum(values) : values.length; }',
    'function () { throw 1; }',
    'function () { return undefined; }',
    'function (k, v) { return [k, v, v]; }',
    'x',
  ),
);
const design = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record(
      {
        views: fc.record(
          { v: fc.record({ map, reduce }, { requiredKeys: ['map'] }), w: fc.record({ map }) },
          { requiredKeys: ['v'] },
        ),
        language: fc.constantFrom('javascript', 'erlang'),
        options: fc.jsonValue(),
      },
      { requiredKeys: ['views'] },
    ),
  },
  fc.record({ views: fc.jsonValue() }),
  fc.jsonValue(),
);

const end = fc.constantFrom('null', '"a"', '[]', '{}', '[1,null]', '0', '-1e300', 'x', '"\\ud800"');
const query = fc
  .record(
    {
      key: end,
      keys: fc.constantFrom('[1,2]', '[null]', '{}', '[]'),
      startkey: end,
      endkey: end,
      startkey_docid: fc.constantFrom('a', ''),
      descending: fc.constantFrom('true', 'false', '1'),
      limit: fc.constantFrom('0', '1', '10', '-1', '999999999999'),
      skip: fc.constantFrom('0', '1', '1000000'),
      group: fc.constantFrom('true', 'false'),
      group_level: fc.constantFrom('0', '1', '3', 'x'),
      reduce: fc.constantFrom('true', 'false'),
      debug: fc.constantFrom('true'),
    },
    { requiredKeys: [] },
  )
  .map((parameters) => new URLSearchParams({ ...parameters, stale: 'false' }).toString());

export const designDocument: fc.Arbitrary<DesignDocument> = fc
  .record({ design, queries: fc.array(query, { minLength: 1, maxLength: 3 }) })
  .map(({ design: json, queries }) => ({ kind: 'design', source: JSON.stringify(json), queries }));
