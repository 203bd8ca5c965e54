import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  atStep,
  beginGuide,
  dropProgress,
  progressFile,
  readProgress,
  withPassed,
  withValues,
  writeProgress,
} from '#guide/progress/progress.ts';
import { learners } from '#guide/walk/class-table.ts';
import { beginReading, checkNow, openReading } from '#guide/walk/reading.ts';
import { writeGuideTemplate } from '#guide/walk/write-template.ts';
import { seen, unitOn, without } from './seen.ts';

const root = join(import.meta.dirname, '../../..');
const first = '2026-11-29T20:00:00.000Z';
const later = '2026-11-29T21:00:00.000Z';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'coreos-lab-guide-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

describe('progress', () => {
  it('is kept in the directory as it was, and nothing beside it', async () => {
    const progress = withPassed(beginGuide('chapter', 'machines', first), 'machines', later);
    expect(await readProgress(dir)).toBeUndefined();
    await writeProgress(dir, progress);
    expect(await readProgress(dir)).toEqual(progress);
    expect(readdirSync(dir)).toEqual([progressFile]);
  });

  it('keeps the first time that a check held, and the values with which a step began', () => {
    const begun = atStep(beginGuide('chapter', 'machines', first), 'halt', { victim: 'core-01' });
    expect(withPassed(withPassed(begun, 'halt', first), 'halt', later).passed['halt']).toBe(first);
    const more = withValues(begun, 'halt', { victim: 'core-02', address: '10.1.1.2' });
    expect(more.values['halt']).toEqual({ victim: 'core-01', address: '10.1.1.2' });
    expect(atStep(more, 'halt', { victim: 'core-03' }).values['halt']).toEqual({ victim: 'core-03' });
  });

  it('counts a step that begins again as not done, and no other', () => {
    const both = withPassed(withPassed(beginGuide('chapter', 'web', first), 'web', first), 'halt', later);
    expect(atStep(both, 'halt', {}).passed).toEqual({ web: first });
  });

  it.each([
    ['', /it is empty$/],
    ['{', /it is not JSON/],
    ['{"version":2}', /is of version 2, and this lab knows version 1/],
    ['[]', /expected object/],
    ['{"version":1,"guide":"chapter"}', /step: /],
  ])('is refused when the file says %j, and forgotten by reset with nothing else', async (text, cause) => {
    writeFileSync(join(dir, progressFile), text);
    writeFileSync(join(dir, 'mine.service'), '[Unit]\n');
    await expect(readProgress(dir)).rejects.toMatchObject({
      code: 'input.guide-progress',
      message: expect.stringMatching(cause) as string,
      next: expect.stringContaining('lab guide reset') as string,
    });
    expect(await dropProgress(dir)).toBe(true);
    expect(await dropProgress(dir)).toBe(false);
    expect(readdirSync(dir)).toEqual(['mine.service']);
  });

  it('is refused where it cannot be written, with nothing left', async () => {
    await expect(writeProgress(join(dir, 'gone'), beginGuide('chapter', 'machines', first))).rejects.toMatchObject({
      code: 'permission.guide',
      message: `${join(dir, 'gone', progressFile)}, which keeps how far you are, cannot be written: its directory is not there any more`,
    });
  });

  it('that is a directory is said to be one', async () => {
    mkdirSync(join(dir, progressFile));
    await expect(readProgress(dir)).rejects.toThrow(/it is a directory/);
  });
});

describe('a directory', () => {
  it('holds one guide: another is refused, the same goes on', async () => {
    await writeGuideTemplate(root, 'mine', dir);
    const begun = await beginReading(root, dir, undefined);
    expect(begun.step.id).toBe('machines');
    await expect(beginReading(root, dir, './mine')).rejects.toMatchObject({ code: 'state.guide-other' });
    await expect(beginReading(root, dir, 'chek')).rejects.toMatchObject({ code: 'missing.guide' });
    expect((await beginReading(root, dir, 'chapter')).progress).toEqual(begun.progress);
    await dropProgress(dir);
    await expect(openReading(root, dir)).rejects.toMatchObject({ code: 'missing.guide-progress' });
    expect((await beginReading(root, dir, 'mine')).guide.title).toBe('A guide of my own');
  });

  it('loses nothing of the reader to a template', async () => {
    writeFileSync(join(dir, 'mine'), 'of the reader');
    await expect(writeGuideTemplate(root, 'mine', dir)).rejects.toMatchObject({ code: 'state.guide-file' });
    await expect(writeGuideTemplate(root, '../mine', dir)).rejects.toMatchObject({ code: 'usage.guide-name' });
    expect(existsSync(join(dir, 'mine'))).toBe(true);
  });
});

describe('a check', () => {
  it('is kept when it holds, and only then', async () => {
    const reading = await beginReading(root, dir, 'chapter');
    await checkNow(reading, async () => without('core-02'));
    expect((await readProgress(dir))?.passed).toEqual({});
    await checkNow(reading, async () => seen());
    expect(Object.keys((await readProgress(dir))?.passed ?? {})).toEqual(['machines']);
  });

  it('does not hold by a value that was not known when the step began', async () => {
    const reading = await beginReading(root, dir, 'chapter');
    const halt = reading.guide.steps.find(({ id }) => id === 'halt');
    if (halt === undefined) throw new Error('the chapter has no step halt');
    const at = { ...reading, step: halt };
    const before = await checkNow(at, async () => without('core-01', 'core-02'));
    expect(before.judged[0]?.missing).toBe(
      '<the machine of couchbase@1.service> was not known when this step began: lab guide goto begins it again',
    );
    const after = await checkNow(before.reading, async () =>
      seen({ units: [unitOn('couchbase@1.service', 'core-02')], keys: { '/services/couchbase/1': '10.1.2.2' } }),
    );
    expect(after.reading.progress.values['halt']).toEqual({ victim: 'core-02', address: '10.1.2.2' });
    expect(after.judged[0]?.missing).toBe('core-02 is running');
  });
});

describe('a class', () => {
  it('shows each learner, and why one cannot be shown', async () => {
    const progress = withPassed(atStep(beginGuide('chapter', 'machines', first), 'couchbase', {}), 'machines', later);
    await writeProgress(dir, progress);
    const broken = join(dir, 'broken');
    await writeGuideTemplate(root, 'broken', dir);
    writeFileSync(join(broken, progressFile), '{');
    const [good, none, bad] = await learners(root, [dir, join(dir, 'none'), broken]);
    expect(good).toMatchObject({ step: { number: 2, id: 'couchbase' }, of: 12, passed: 1, last: later });
    expect(none).toEqual({ dir: join(dir, 'none'), trouble: 'no guide was begun here' });
    expect(bad?.trouble).toContain('does not tell how far a guide is');
  });
});
