import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LabError } from '#errors/lab-error.ts';
import { readGuide } from '#guide/form/read-guide.ts';
import { stepOf } from '#guide/walk/reading.ts';

const root = join(import.meta.dirname, '../../..');
const head = 'title = "T"\nabout = "A"\n';
const step = [
  'title = "One"',
  'goal = "G"',
  'type = ["vagrant up"]',
  'see = ["S"]',
  'why = "W"',
  '',
  '[[check]]',
  'condition = "machines-ready"',
  '',
];

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'coreos-lab-guide-'));
  writeFileSync(join(dir, 'guide.toml'), head);
});
afterEach(() => rmSync(dir, { recursive: true }));

/** The error of reading a guide whose step has these lines. */
async function errorOf(
  lines: readonly string[],
  file = '01-one.toml',
): Promise<{ cause: string; next: string; code: string }> {
  writeFileSync(join(dir, file), lines.join('\n'));
  try {
    await readGuide(dir, dir);
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    return { code: error.code, cause: error.message.replace(`${dir}/`, ''), next: error.next };
  }
  throw new Error('it was read');
}

describe('a guide', () => {
  it('is read in the order of its files, each step with its number, name and defaults', async () => {
    writeFileSync(join(dir, '02-two.toml'), step.join('\n'));
    writeFileSync(join(dir, '01-one.toml'), step.join('\n'));
    const guide = await readGuide(dir, 'mine');
    expect(guide).toMatchObject({ name: 'mine', title: 'T', about: 'A' });
    expect(guide.steps.map(({ id, number, within, look, question }) => [id, number, within, look, question])).toEqual([
      ['one', 1, 120, [], []],
      ['two', 2, 120, [], []],
    ]);
    expect([stepOf(guide, '2'), stepOf(guide, 'two')].map(({ id }) => id)).toEqual(['two', 'two']);
    expect(() => stepOf(guide, 'tow')).toThrow(/no step tow \(did you mean two\?\)/);
  });

  it('is refused, with file, line and remedy, when a step has no check', async () => {
    expect(await errorOf(step.slice(0, 6))).toEqual({
      code: 'input.guide',
      cause: '01-one.toml: a step has a check, and this one has none',
      next: expect.stringMatching(/^Add a \[\[check\]\] with condition = one of: machines-ready, /) as string,
    });
  });

  it('names the condition that is none, in the check where it stands', async () => {
    const wrong = await errorOf([...step, '[[check]]', 'condition = "machine-ready"']);
    expect(wrong.cause).toBe(
      '01-one.toml:11: check.1.condition: there is no machine-ready (did you mean machines-ready?)',
    );
    expect(wrong.next).toContain('quorum-lost');
  });

  it('names a key that is not known, and one that is missing', async () => {
    expect((await errorOf(['gaol = "x"', ...step])).cause).toBe(
      '01-one.toml:1: there is no key gaol (did you mean goal?)',
    );
    expect((await errorOf(step.filter((line) => !line.startsWith('why')))).cause).toBe('01-one.toml: why is not given');
    expect((await errorOf([...step, 'machine = "core-01"'])).cause).toBe(
      '01-one.toml:10: there is no key machine in check.0',
    );
  });

  it('names a {name} that stands for nothing, and takes one of [live] in texts only', async () => {
    const live = ['', '[live]', 'home = { from = "machine-of", unit = "web@1.service" }'];
    expect(
      (await errorOf([...step.slice(0, 2), 'type = ["vagrant halt {hom}"]', ...step.slice(3), ...live])).cause,
    ).toBe('01-one.toml:3: {hom} stands for nothing (did you mean home?)');
    const check = ['[[check]]', 'condition = "machine-stopped"', 'machine = "{home}"'];
    expect((await errorOf([...step, ...check, ...live])).next).toBe('Give it a line below [values].');
  });

  it('passes on what TOML says, with the line', async () => {
    const wrong = await errorOf(['title = "One']);
    expect(wrong).toMatchObject({ code: 'input.guide', cause: expect.stringMatching(/^01-one\.toml:1:/) as string });
  });

  it('is refused without a step, with a file that is no step, and where two steps have one name', async () => {
    await expect(readGuide(dir, dir)).rejects.toThrow('a guide without a step');
    expect((await errorOf(step, 'one.toml')).next).toBe('Name it NN-ID.toml, such as 02-couchbase.toml.');
    rmSync(join(dir, 'one.toml'));
    writeFileSync(join(dir, '01-one.toml'), step.join('\n'));
    expect((await errorOf(step, '02-one.toml')).cause).toContain('another step has this name, too: 02-one.toml');
  });

  it('is none without guide.toml, and a word like a command is taken for one', async () => {
    await expect(readGuide(join(dir, 'chek'), 'chek')).rejects.toThrow(
      /it has no guide\.toml \(did you mean check\?\)/,
    );
  });
});

describe('the guides of the lab', () => {
  it('are sound: the chapter, and what lab guide new writes', async () => {
    const chapter = await readGuide(join(root, 'guide/chapter'), 'chapter');
    const expected = 'machines couchbase memcached worker web halt back cord quorum heal layer rebuilt';
    expect(chapter.steps.map(({ id }) => id)).toEqual(expected.split(' '));
    expect((await readGuide(join(root, 'guide/template'), 'template')).steps).toHaveLength(1);
  });

  it('have a question and a goal of at most three sentences in every step', async () => {
    const { steps } = await readGuide(join(root, 'guide/chapter'), 'chapter');
    expect(steps.filter(({ question }) => question.length === 0)).toEqual([]);
    expect(steps.filter(({ goal }) => goal.split(/[.!?](?:\s|$)/).filter(Boolean).length > 3)).toEqual([]);
  });
});
