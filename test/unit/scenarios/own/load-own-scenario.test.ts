import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LabError } from '#errors/lab-error.ts';
import { loadOwnScenario } from '#scenarios/own/load-own-scenario.ts';
import { ownLine, withOwnLine } from '#scenarios/own/own-line.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'own-scenario-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

let count = 0;
async function file(lines: readonly string[]): Promise<string> {
  const path = join(dir, `mine${++count}.ts`);
  await writeFile(path, lines.join('\n'));
  return path;
}

const whole = [
  "import { integer, scenario } from 'coreos-lab/scenario';",
  'export default scenario({',
  "  name: 'mine',",
  "  summary: 'one sentence',",
  "  needs: { stack: 'any' },",
  "  parameters: { count: integer({ standard: 2, min: 1, max: 9 }, 'how many') },",
  '  async run(context) {',
  '    await context.until({',
  "      name: 'never',",
  "      missing: async () => 'all of it',",
  '    }, { within: 1 });',
  '  },',
  '});',
];
const without = (text: string) => whole.filter((line) => !line.includes(text));

async function refusal(path: string): Promise<LabError> {
  const error = await loadOwnScenario(path).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(LabError);
  return error as LabError;
}

describe("a reader's own scenario file", () => {
  it('is compiled, loaded and handed over as it was declared', async () => {
    const mine = await loadOwnScenario(await file(whole));
    expect(mine).toMatchObject({ name: 'mine', needs: { stack: 'any' } });
    expect(mine.parameters['count']?.parse('3', 'count')).toBe(3);
  });

  it("refuses a parameter's value with the very error class of the lab, so that the command shows it", async () => {
    const mine = await loadOwnScenario(await file(whole));
    expect(() => mine.parameters['count']?.parse('10', 'count')).toThrow(LabError);
  });

  it('may import files beside it and installed packages, CommonJS ones too', async () => {
    await writeFile(join(dir, 'helper.ts'), "export const mineName: string = 'helped';");
    const imports = [
      "import { mineName } from './helper.ts';",
      "import { z } from 'zod';",
      "import toml from '@iarna/toml';",
      "import { readFileSync } from 'node:fs';",
      'z.string().parse(toml.stringify({ a: typeof readFileSync }));',
    ];
    const lines = [...imports, ...whole].map((line) => line.replace("'mine'", 'mineName'));
    expect((await loadOwnScenario(await file(lines))).name).toBe('helped');
  });

  it('that is not there names itself', async () => {
    const error = await refusal(join(dir, 'none.ts'));
    expect(error.code).toBe('missing.scenario-file');
    expect(error.message).toContain(join(dir, 'none.ts'));
    expect((await refusal(dir)).message).toContain('is not a file');
  });

  it('that does not compile shows file, line, column and the line itself', async () => {
    const path = await file(whole.map((line) => (line.includes('summary') ? "  summary 'one'," : line)));
    const error = await refusal(path);
    expect(error.code).toBe('input.scenario');
    expect(error.message).toContain(`${relative(process.cwd(), path)}:4:11 does not compile`);
    expect(error.evidence[1]).toContain("summary 'one',");
    expect(error.evidence[2]?.indexOf('^')).toBe(error.evidence[1]?.indexOf("'one'"));
  });

  it('that imports what is not there is told so', async () => {
    expect((await refusal(await file(["import './gone.ts';", ...whole]))).evidence.join('\n')).toContain('./gone.ts');
    const lab = await refusal(await file(["import { x } from 'coreos-lab/faults';", 'x();', ...whole]));
    expect(lab.message).toContain("imports from 'coreos-lab/scenario'");
  });

  it('that throws while it is loaded shows its own line', async () => {
    const path = await file([...whole, 'interface Erased { readonly a: number }', '', "throw new Error('too early');"]);
    const error = await refusal(path);
    expect(error.message).toContain(`${relative(process.cwd(), path)}:${whole.length + 3}:7 throws`);
    expect(error.message).toContain('too early');
    expect(error.evidence[0]).toContain("throw new Error('too early');");
  });

  it('that exports no scenario is told what it exports instead', async () => {
    const none = await refusal(await file(['export const mine = 1;']));
    expect(none.message).toContain('no default export; it exports only mine');
  });

  it.each([
    ['name', 'name: is missing'],
    ['summary', 'summary: is missing'],
    ['needs', 'needs: is missing'],
  ])('without %s is told so', async (field, said) => {
    const error = await refusal(await file(without(`  ${field}:`)));
    expect(error.code).toBe('input.scenario');
    expect([error.message, ...error.evidence].join('\n')).toContain(said);
  });

  it('without parameters has none', async () => {
    expect((await loadOwnScenario(await file(without('  parameters:')))).parameters).toEqual({});
  });

  it.each([
    ["name: 'mine'", "name: '../mine'", 'name: wants a-z'],
    ["'any'", "'deploid'", 'needs.stack: wants one of "deployed"|"empty"|"any"'],
    ["stack: 'any'", "stack: 'any', probs: ['page']", 'needs: has no field probs'],
    ["integer({ standard: 2, min: 1, max: 9 }, 'how many')", '3', 'parameters.count: wants an object, not number'],
    ['async run(context)', 'async go(context)', 'run: wants a function'],
  ])('with %s changed to %s is refused', async (from, to, said) => {
    const error = await refusal(await file(whole.map((line) => line.replace(from, to))));
    expect([error.message, ...error.evidence].join('\n')).toContain(said);
  });
});

describe('the own line of an error', () => {
  it('is where run() called what threw, through an asynchronous chain in the harness', async () => {
    const path = await file(whole);
    const mine = await loadOwnScenario(path);
    const until = async () => {
      await new Promise((resolve) => setImmediate(resolve));
      throw new LabError({ code: 'timeout.condition', cause: 'never', next: '-' });
    };
    const error: unknown = await mine.run({ until } as never).catch((thrown: unknown) => thrown);
    const line = ownLine(error, path);
    expect(line?.place).toBe(`${relative(process.cwd(), path)}:8:5`);
    expect(line?.evidence[0]).toContain('await context.until({');
    expect(withOwnLine(error, path)).toMatchObject({
      code: 'timeout.condition',
      message: 'never',
      evidence: line?.evidence,
    });
  });

  it('is none when the error never was in the file', async () => {
    const path = await file(whole);
    await loadOwnScenario(path);
    expect(ownLine(new Error('elsewhere'), path)).toBeUndefined();
    expect(ownLine('text', path)).toBeUndefined();
    expect(withOwnLine('text', path)).toBe('text');
    expect(ownLine(new Error('elsewhere'), 'never-loaded.ts')).toBeUndefined();
  });

  it('is found through the cause of an error that wraps it', async () => {
    const lines = whole.map((line) => (line.includes('until') ? '    Object(null).x.y; await context.until({' : line));
    const path = await file(lines);
    const mine = await loadOwnScenario(path);
    const inner: unknown = await mine.run({} as never).catch((thrown: unknown) => thrown);
    const outer = new Error('outer', { cause: inner });
    outer.stack = 'Error: outer';
    expect(ownLine(outer, path)?.place).toContain(':8:');
    const shown = withOwnLine(inner, path) as LabError;
    expect(shown).toBeInstanceOf(LabError);
    expect(shown.message).toMatch(/:8:\d+ throws: Cannot read properties of undefined/);
  });
});
