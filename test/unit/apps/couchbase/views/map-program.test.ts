import { expect, test } from 'vitest';
import type { Document } from '../../../../../apps/couchbase/src/bucket/document.ts';
import { DocumentStore } from '../../../../../apps/couchbase/src/bucket/document-store.ts';
import { MapProgram } from '../../../../../apps/couchbase/src/views/map-program.ts';
import { ViewIndex } from '../../../../../apps/couchbase/src/views/view-index.ts';

const document = (key: string, value: string): Document => ({
  key: Buffer.from(key),
  value: Buffer.from(value),
  flags: 7,
  cas: 0xabcn,
  expiry: 0,
  seqno: 3,
  vbucket: 1,
});

test('doc and meta arrive as Couchbase gives them', () => {
  const program = new MapProgram('function (doc, meta) { emit(meta, doc); }');
  const rev = '3-0000000000000abc0000000000000007';
  expect(program.run([document('k', '{"a":1}'), document('b', 'no json')])).toEqual([
    [[{ id: 'k', rev, expiration: 0, flags: 7, type: 'json' }, { a: 1 }]],
    [[{ id: 'b', rev, expiration: 0, flags: 7, type: 'base64' }, Buffer.from('no json').toString('base64')]],
  ]);
});

test('a document whose map throws emits nothing at all; the others are not touched by it', () => {
  const program = new MapProgram('function (doc) { emit(doc.n, null); if (doc.n === 1) throw new Error("no"); }');
  expect(program.run([document('a', '{"n":0}'), document('b', '{"n":1}'), document('c', '{"n":2}')])).toEqual([
    [[0, null]],
    [],
    [[2, null]],
  ]);
});

test('what is emitted is frozen at that moment', () => {
  const program = new MapProgram('function (doc) { emit(1, doc); doc.later = true; emit(undefined, undefined); }');
  expect(program.run([document('a', '{}')])).toEqual([
    [
      [1, {}],
      [null, null],
    ],
  ]);
});

test('an endless loop costs only its own documents, until there are too many of them', () => {
  const program = new MapProgram('function (doc) { while (doc.loop) { } emit(doc.n, null); }', 30);
  expect(program.run([document('a', '{"n":1}'), document('b', '{"loop":true}'), document('c', '{"n":2}')])).toEqual([
    [[1, null]],
    [],
    [[2, null]],
  ]);
  const loops = Array.from({ length: 5 }, (_, index) => document(`l${index}`, '{"loop":true}'));
  expect(() => program.run(loops)).toThrow('map function took longer than 30 ms for 3 documents');
});

test('the map function cannot reach the server', () => {
  const program = new MapProgram(
    'function () { emit(typeof process + typeof require + typeof globalThis.constructor.constructor, null); }',
  );
  expect(program.run([document('a', '{}')])).toEqual([[['undefinedundefinedfunction', null]]]);
  const evaluating = new MapProgram('function () { emit(Function("return 1")(), null); }');
  expect(evaluating.run([document('a', '{}')])).toEqual([[]]);
});

test('an index maps only what changed', () => {
  const store = new DocumentStore(() => 1_700_000_000_000, 1e9);
  const put = (key: string) => store.put({ key: Buffer.from(key), value: Buffer.from('{}'), flags: 0, expiry: 0 });
  for (let index = 0; index < 500; index++) put(`k${index}`);
  const index = new ViewIndex(store, 'function (doc, meta) { emit(meta.id, null); }');
  index.update();
  put('k7');
  put('new');
  index.update();
  index.update();
  expect([index.documentsMapped, index.rows.length]).toEqual([502, 501]);
});

test.each([
  'function (doc) { runBatch = function () { return "[]"; }; emit(1, 2); }',
  'function (doc) { runBatch = function () { return "no json"; }; }',
  'function (doc) { runBatch = function () { return "[[[1]]]"; }; }',
])('a map function that puts something in the place of what runs it is told so: %s', (source) => {
  const program = new MapProgram(source);
  program.run([document('a', '{}')]);
  expect(() => program.run([document('b', '{}')])).toThrow(expect.objectContaining({ code: 'input.map' }));
});
