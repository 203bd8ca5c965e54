import { expect, test } from 'vitest';
import { pathFlags, subdocCommands } from '#apps/couchbase/src/subdocument/commands.ts';
import { parsePath } from '#apps/couchbase/src/subdocument/path.ts';
import { systemXattrs, xattrNames } from '#apps/couchbase/src/subdocument/xattrs.ts';
import { subdocOpcodes } from '#apps/couchbase/src/wire/opcodes.ts';
import { statuses } from '#apps/couchbase/src/wire/status.ts';

/** The document after the command, `answer` behind it; or the name of the status. */
function run(opcode: keyof typeof subdocOpcodes, text: string, path: string, value = '', createPath = false): string {
  const action = subdocCommands.get(subdocOpcodes[opcode])?.action;
  const parsed = parsePath(path);
  if (typeof parsed === 'number' || (action?.kind !== 'edit' && action?.kind !== 'lookup'))
    throw new Error('no such test');
  if (action.kind === 'lookup') {
    const found = action.run(text, parsed);
    return typeof found === 'number' ? nameOf(found) : found.answer;
  }
  const done = action.run({ text, path: parsed, value, createPath });
  if (typeof done === 'number') return nameOf(done);
  return `${done.text}${done.answer === '' ? '' : ` -> ${done.answer}`}`;
}

function nameOf(status: number): string {
  return Object.entries(statuses).find(([, known]) => known === status)?.[0] ?? '?';
}

test.each([
  // What nobody touches stays as it was written: space, order, numbers, repeated names.
  ['dictUpsert', '{ "a" : 1.50, "b":[ 1 ,2 ] , "a":0}', 'b', '9', '{ "a" : 1.50, "b":9 , "a":0}'],
  ['dictUpsert', '{ "a" : 1.50, "a":0}', 'a', '2', '{ "a" : 2, "a":0}'],
  ['dictUpsert', ' { } ', 'a', '1', ' { "a":1} '],
  ['dictUpsert', '{"a":{"b":1 }}', 'a.c', '[]', '{"a":{"b":1 ,"c":[]}}'],
  ['dictAdd', '[{}]', '[0].a', '1', '[{"a":1}]'],
  ['dictAdd', '{"a":1}', 'a', '1', 'subdocPathExists'],
  ['dictAdd', '{"a":[]}', 'a[0]', '1', 'subdocPathInvalid'],
  ['dictAdd', '{"a":1}', 'b.c', '1', 'subdocPathNotFound'],
  ['dictAdd', '{}', 'a', '1,"b":2', 'subdocValueCannotInsert'],
  ['dictAdd', '{}', 'a', '{"x"', 'subdocValueCannotInsert'],
  ['replace', '[1,2,3]', '[-1]', '"x"', '[1,2,"x"]'],
  ['replace', '[]', '[-1]', '1', 'subdocPathNotFound'],
  ['delete', '{"a":1 , "b":2, "c":3}', 'a', '', '{ "b":2, "c":3}'],
  ['delete', '{"a":1 , "b":2, "c":3}', 'b', '', '{"a":1 ,  "c":3}'],
  ['delete', '{"a":1 , "b":2, "c":3 }', 'c', '', '{"a":1 , "b":2 }'],
  ['delete', '{"a":1}', 'a', '', '{}'],
  ['delete', '["x,]", 2]', '[0]', '', '[ 2]'],
  ['delete', '[[],{}]', '[1]', '', '[[]]'],
  ['arrayPushFirst', '[ 1]', '', '0', '[ 0,1]'],
  ['arrayPushFirst', '{"a":[]}', 'a', '1,2', '{"a":[1,2]}'],
  ['arrayPushLast', '[ ]', '', '1', '[ 1]'],
  ['arrayPushLast', '[1 ]', '', '2', '[1 ,2]'],
  ['arrayPushLast', '{"a":[]}', 'a', '1],"b":[2', 'subdocValueCannotInsert'],
  ['arrayPushLast', '{"a":[]}', 'a', '1,', 'subdocValueCannotInsert'],
  ['arrayPushLast', '{"a":[]}', 'a', '  ', 'subdocValueCannotInsert'],
  ['arrayPushLast', '{"a":{}}', '', '1', 'subdocPathMismatch'],
  ['arrayInsert', '[1,3]', '[1]', '2', '[1,2,3]'],
  ['arrayInsert', '[1,3]', '[2]', '4', '[1,3,4]'],
  ['arrayInsert', '[]', '[0]', '1', '[1]'],
  ['arrayInsert', '[]', '[1]', '1', 'subdocPathNotFound'],
  ['arrayInsert', '{"a":1}', 'a', '1', 'subdocPathInvalid'],
  ['arrayAddUnique', '[1,"1",true]', '', '"1"', 'subdocPathExists'],
  ['arrayAddUnique', '[1,"1",true]', '', ' 1.0 ', '[1,"1",true,1.0]'],
  ['arrayAddUnique', '[1,[]]', '', '2', 'subdocPathMismatch'],
  ['arrayAddUnique', '[1]', '', '2,3', 'subdocValueCannotInsert'],
  ['arrayAddUnique', '[1]', '', '{}', 'subdocValueCannotInsert'],
  ['counter', '{"n":-5}', 'n', '3', '{"n":-2} -> -2'],
  ['counter', '[1]', '[0]', '9223372036854775806', '[9223372036854775807] -> 9223372036854775807'],
  ['counter', '[1]', '[0]', '9223372036854775807', 'subdocValueCannotInsert'],
  ['counter', '[1]', '[0]', '9223372036854775808', 'subdocDeltaInvalid'],
  ['counter', '[9223372036854775808]', '[0]', '1', 'subdocNumberTooBig'],
  ['counter', '[1.0]', '[0]', '1', 'subdocPathMismatch'],
  ['counter', '[1e3]', '[0]', '1', 'subdocPathMismatch'],
  ['counter', '[1]', '[1]', '1', 'subdocPathNotFound'],
  ['counter', '{}', 'n', '-0', 'subdocDeltaInvalid'],
  ['counter', '{}', 'n', '01', 'subdocDeltaInvalid'],
  ['counter', '{}', 'n', 'x', 'subdocDeltaInvalid'],
  ['get', '{"a":[{"b":"]}"}, 2]}', 'a[1]', '', '2'],
  ['get', '{"\\u0061\\"":1}', 'a\\"', '', '1'],
  ['get', '{"gr\\u00fc\\u00dfe":1}', 'gr\xc3\xbc\xc3\x9fe', '', '1'],
  ['get', '{"\\ud83d\\ude00":1}', '\xf0\x9f\x98\x80', '', '1'],
  ['get', '{"ab":1,"a":2}', 'a', '', '2'],
  ['get', '7', 'a', '', 'subdocPathMismatch'],
  ['getCount', '{"a":[1,[2,3],{"b":4}]}', 'a', '', '3'],
  ['getCount', '{"a":{ }}', 'a', '', '0'],
] as const)('%s of %s at %s with %s', (opcode, text, path, value, result) => {
  expect(run(opcode, text, path, value)).toBe(result);
});

test.each([
  ['dictUpsert', '{"x":1}', 'a.b.c', '1', '{"x":1,"a":{"b":{"c":1}}}'],
  ['dictUpsert', '{"a":{}}', 'a.b.c', '1', '{"a":{"b":{"c":1}}}'],
  ['dictUpsert', '{}', 'a[0].b', '1', 'subdocPathNotFound'],
  ['arrayPushFirst', '{}', 'a.b', '1,2', '{"a":{"b":[1,2]}}'],
  ['arrayAddUnique', '{}', 'a', '1', '{"a":[1]}'],
  ['counter', '{}', 'a.n', '5', '{"a":{"n":5}} -> 5'],
  ['replace', '{}', 'a.b', '1', 'subdocPathNotFound'],
] as const)('%s of %s at %s with %s, parents made', (opcode, text, path, value, result) => {
  expect(run(opcode, text, path, value, true)).toBe(result);
});

test('a value goes no deeper than 32 levels', () => {
  const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
  expect(run('dictUpsert', '{}', 'a', nested(31))).toContain('[[');
  expect(run('dictUpsert', '{}', 'a', nested(32))).toBe('subdocValueTooDeep');
  expect(run('arrayPushLast', '[]', '', nested(31))).toContain('[[');
  expect(run('arrayPushLast', '[]', '', nested(32))).toBe('subdocValueTooDeep');
});

test('attributes of the system are those with an underscore', () => {
  const xattrs = '{"mine":{"_x":1},"_sys":[1, 2],"_other":"}"}';
  expect(xattrNames(xattrs)).toEqual(['mine', '_sys', '_other']);
  expect(systemXattrs(xattrs)).toBe('{"_sys":[1, 2],"_other":"}"}');
  expect([systemXattrs('{"mine":1}'), systemXattrs(''), xattrNames('')]).toEqual(['', '', []]);
});

test('every path flag that the protocol has is known to some command', () => {
  const known = [...subdocCommands.values()].reduce((flags, command) => flags | command.flags, 0);
  expect(known).toBe(Object.values(pathFlags).reduce<number>((flags, flag) => flags | flag, 0));
});
