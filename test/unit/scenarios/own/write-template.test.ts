import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LabError } from '#errors/lab-error.ts';
import { loadOwnScenario } from '#scenarios/own/load-own-scenario.ts';
import { writeTemplate } from '#scenarios/own/write-template.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'own-template-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const refusal = async (name: string, where = dir): Promise<LabError> =>
  (await writeTemplate(name, where).catch((thrown: unknown) => thrown)) as LabError;

describe('the example in docs/scenarios.md', () => {
  it('is a scenario as it stands', async () => {
    const docs = await readFile(join(import.meta.dirname, '../../../../docs/scenarios.md'), 'utf8');
    const example = /```ts\n(import [^]*?)```/.exec(docs)?.[1] ?? '';
    await writeFile(join(dir, 'example.ts'), example);
    expect(await loadOwnScenario(join(dir, 'example.ts'))).toMatchObject({ name: 'pause-couchbase' });
  });
});

describe('the template of a scenario', () => {
  it('loads at once under its own name and says how it is run', async () => {
    const path = await writeTemplate('my-first', dir);
    expect(path).toBe(join(dir, 'my-first.ts'));
    const mine = await loadOwnScenario(path);
    expect(mine).toMatchObject({ name: 'my-first', needs: { stack: 'deployed' } });
    const text = await readFile(path, 'utf8');
    expect(text).toContain('./lab scenario ./my-first.ts');
    expect(text).toContain('runs/my-first/latest/');
    expect(text).not.toMatch(/template/);
  });

  it('takes the name of a file too', async () => {
    expect(await writeTemplate('typed.ts', dir)).toBe(join(dir, 'typed.ts'));
  });

  it('never overwrites what somebody wrote', async () => {
    await writeFile(join(dir, 'dear.ts'), 'my work');
    expect((await refusal('dear')).code).toBe('state.scenario-file');
    expect(await readFile(join(dir, 'dear.ts'), 'utf8')).toBe('my work');
  });

  it.each(['', 'Mine', '../mine', 'a/b', '1st', '-x', 'a b', 'x'.repeat(42)])('refuses the name %j', async (name) => {
    expect((await refusal(name)).code).toBe('usage.scenario-name');
  });

  it('says that the directory is missing', async () => {
    expect((await refusal('mine', join(dir, 'none'))).code).toBe('missing.directory');
  });
});
