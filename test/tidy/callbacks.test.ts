import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ESLint, type Rule } from 'eslint';
import tseslint from 'typescript-eslint';
import { afterAll, beforeAll, expect, it } from 'vitest';

const config: string = '../../eslint.config.js';
const { noFilledOptional } = (await import(config)) as { noFilledOptional: Rule.RuleModule };

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'coreos-lab-callbacks-'));
  writeFileSync(
    join(dir, 'tsconfig.json'),
    '{ "compilerOptions": { "strict": true, "target": "ES2023" }, "include": ["*.ts"] }',
  );
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const given = `
declare const list: number[];
declare const isHealthy: (member: number, stretch?: number) => boolean;
function scaled(one: number, by = 2) { return one * by; }
function sum(a: number, b: number, start = 0) { return a + b + start; }
function all(one: number, ...more: unknown[]) { return [one, more]; }
const plain = (one: number) => one;
const both = (one: number, index: number) => one + index;
const kit = { scaled };
declare function once(work: (one: number) => unknown): void;
declare function alike(work: (one: number, by?: number) => unknown): void;
declare function any(work: (...all: number[]) => unknown): void;
`;
async function refused(line: string): Promise<string[]> {
  const file = join(dir, 'a.ts');
  writeFileSync(file, `${given}${line}\n`);
  const eslint = new ESLint({
    cwd: dir,
    overrideConfigFile: true,
    overrideConfig: {
      files: ['**/*.ts'],
      languageOptions: { parser: tseslint.parser, parserOptions: { projectService: true, tsconfigRootDir: dir } },
      plugins: { lab: { rules: { it: noFilledOptional } } },
      rules: { 'lab/it': 'error' },
    } as ESLint.Options['overrideConfig'],
  });
  return (await eslint.lintFiles([file])).flatMap(({ messages }) => messages.map(({ message }) => message));
}

it.each([
  ['list.filter(isHealthy);', 'stretch'],
  ['list.map(scaled);', 'by'],
  ['list.flatMap(kit.scaled);', 'by'],
  ['list.forEach(scaled);', 'by'],
  ['list.some(isHealthy) || list.every(isHealthy);', 'stretch'],
  ['list.find(list.length > 1 ? isHealthy : isHealthy);', 'stretch'],
  ["['1'].map(parseInt);", 'radix'],
  ['list.map(all);', 'more'],
  ['list.reduce(sum);', 'start'],
  ['Array.from(list, scaled);', 'by'],
  ['new Set(list).forEach(scaled);', 'by'],
  ['new Map([[1, 2]]).forEach(scaled);', 'by'],
])('refuses %s', async (line, name) => {
  expect((await refused(line))[0]).toContain(`a value for ${name},`);
});

it.each([
  'list.map((one) => scaled(one));',
  'list.map(plain);',
  'list.map(both);',
  'list.map(String).filter(Boolean);',
  'once(scaled);',
  'any(plain);',
  'alike(scaled);',
  'void Promise.resolve(1).then(scaled);',
  'list.sort(both);',
])('takes %s', async (line) => {
  expect(await refused(line)).toEqual([]);
});
