import { expect, it } from 'vitest';
import { readTracked, tracked } from '../support/tracked-files.ts';
import { undocumented } from '../support/undocumented.ts';

const sources = tracked.filter((path) => /\.tsx?$/.test(path) && !path.startsWith('test/'));
/** One word that says it all, and each with an interface or a class above it that says what it is of. */
const isMethod = (name: string) => name.includes('.');

it('every function that a source offers to others says what it does', () => {
  expect(sources.length).toBeGreaterThan(500);
  const silent = sources.flatMap((path) =>
    undocumented(path, readTracked(path))
      .filter((name) => !isMethod(name))
      .map((name) => `${path}: ${name}`),
  );
  expect(silent).toEqual([]);
});

it.each([
  ['export function a() {}', ['a']],
  ['export default function () {}', ['default']],
  ['export async function* a() {}', ['a']],
  ['export const a = () => 1, b = 2, c = function () {};', ['a', 'c']],
  ['/** Says it. */\nexport const a = () => 1;', []],
  ['// Not this.\nexport function a() {}', ['a']],
  ['/** Says it. */\nexport function a(): void;\nexport function a(b?: string): void {}', []],
  ['function a() {}\nexport const b = 1;\nexport interface C { d(): void }', []],
  [
    'export class A { constructor() {} b() {} #c() {} private d() {} override e() {}\n/** Says it. */\nf() {} }',
    ['A.b'],
  ],
  ['export class A implements B { b() {} }', []],
])('finds in %j: %j', (text, found) => {
  expect(undocumented('a.ts', text)).toEqual(found);
});
