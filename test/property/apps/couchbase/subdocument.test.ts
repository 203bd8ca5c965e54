import fc from 'fast-check';
import { expect, test } from 'vitest';
import { subdocCommands } from '#apps/couchbase/src/subdocument/commands.ts';
import { jsonDepth } from '#apps/couchbase/src/subdocument/json-depth.ts';
import type { Path } from '#apps/couchbase/src/subdocument/path.ts';
import { utf8Bytes, utf8Text } from '#apps/couchbase/src/wire/byte-string.ts';
import { subdocOpcodes } from '#apps/couchbase/src/wire/opcodes.ts';

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

// JSON has no -0.
const json = fc
  .jsonValue({ maxDepth: 4, stringUnit: 'grapheme' })
  .map((value) => JSON.parse(JSON.stringify(value)) as Json);
const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 }).filter((text) => text !== '__proto__');
const steps = fc.array(fc.oneof(name, fc.integer({ min: -1, max: 3 })), { minLength: 1, maxLength: 4 });

/** As it is written between quotes. */
const written = (text: string) => utf8Bytes(JSON.stringify(text).slice(1, -1));
const pathOf = (components: readonly (string | number)[]): Path =>
  components.map((component) => (typeof component === 'number' ? component : written(component)));

/** All paths into a value, the root's left out. */
function pathsInto(value: Json): (string | number)[][] {
  const entries: [string | number, Json][] = Array.isArray(value)
    ? value.map((item, index) => [index, item])
    : value !== null && typeof value === 'object'
      ? Object.entries(value).filter(([key]) => key !== '')
      : [];
  return entries.flatMap(([key, inner]) => [[key], ...pathsInto(inner).map((rest) => [key, ...rest])]);
}

function at(value: Json, path: readonly (string | number)[]): Json {
  return path.reduce<Json>((inner, key) => (inner as Record<string | number, Json>)[key] ?? null, value);
}

/** JSON with white space, as people write it. */
const spaced = (value: Json) => utf8Bytes(JSON.stringify(value, null, ' '));
const read = (text: string) => JSON.parse(utf8Text(text)) as Json;

function lookUp(text: string, path: Path): Json | undefined {
  const action = subdocCommands.get(subdocOpcodes.get)?.action;
  const found = action?.kind === 'lookup' ? action.run(text, path) : undefined;
  return typeof found === 'object' ? read(found.answer) : undefined;
}

/** The document afterwards, undefined where the command was refused. */
function edit(opcode: number, text: string, path: Path, value = ''): string | undefined {
  const action = subdocCommands.get(opcode)?.action;
  const done = action?.kind === 'edit' ? action.run({ text, path, value, createPath: true }) : undefined;
  return typeof done === 'object' ? done.text : undefined;
}

test('every path into a document gives what JSON.parse finds there', () => {
  fc.assert(
    fc.property(json, (value) => {
      for (const path of pathsInto(value)) expect(lookUp(spaced(value), pathOf(path))).toEqual(at(value, path));
    }),
  );
});

test('a replaced value is the only one that changed, a deleted one is gone', () => {
  fc.assert(
    fc.property(json, json, fc.nat(), (value, other, which) => {
      const paths = pathsInto(value);
      const path = paths[which % paths.length];
      fc.pre(path !== undefined);
      const key = path.at(-1) ?? '';
      const changed = structuredClone(value);
      const container = at(changed, path.slice(0, -1)) as Record<string | number, Json>;
      container[key] = other;
      expect(read(edit(subdocOpcodes.replace, spaced(value), pathOf(path), spaced(other)) ?? '')).toEqual(changed);
      if (Array.isArray(container)) container.splice(Number(key), 1);
      else delete container[key];
      expect(read(edit(subdocOpcodes.delete, spaced(value), pathOf(path)) ?? '')).toEqual(changed);
    }),
  );
});

test('whatever a command does to whatever document, the result is JSON again', () => {
  const opcodes = Object.values(subdocOpcodes).filter((opcode) => subdocCommands.get(opcode)?.action.kind === 'edit');
  fc.assert(
    fc.property(json, steps, json, fc.constantFrom(...opcodes), fc.integer(), (value, path, other, opcode, delta) => {
      const text = opcode === subdocOpcodes.counter ? String(delta) : spaced(other);
      const done = edit(opcode, spaced(value), pathOf(path), text);
      if (done !== undefined) expect(() => read(done)).not.toThrow();
    }),
    { numRuns: 500 },
  );
});

test('a text is JSON exactly when JSON.parse says so', () => {
  const depthOf = (value: Json): number =>
    value === null || typeof value !== 'object'
      ? 0
      : 1 + Math.max(0, ...Object.values(value).map((inner) => depthOf(inner)));
  fc.assert(
    fc.property(json, (value) => {
      expect(jsonDepth(spaced(value))).toBe(depthOf(value));
    }),
  );
  const almost = fc.string({
    unit: fc.constantFrom(...'{}[],:"\\/ \n\t0123456789.+-eEtruefalsnbu\u0001'),
    maxLength: 12,
  });
  const mutilated = fc.tuple(json, fc.nat(), fc.nat(3), almost).map(([value, where, cut, insert]) => {
    const text = JSON.stringify(value);
    const place = where % (text.length + 1);
    return text.slice(0, place) + insert + text.slice(place + cut);
  });
  fc.assert(
    fc.property(fc.oneof(almost, mutilated), (text) => {
      let isJson = true;
      try {
        JSON.parse(text);
      } catch {
        isJson = false;
      }
      expect(jsonDepth(utf8Bytes(text)) >= 0).toBe(isJson);
    }),
    { numRuns: 3000 },
  );
  expect(jsonDepth('"\xff"')).toBe(-1);
});
