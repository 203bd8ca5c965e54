import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { fit, visibleWidth } from '#cli/render/fit.ts';
import { renderCheck, renderStep } from '#cli/render/guide.ts';
import { describeValue, valuesOf } from '#guide/conditions/values.ts';
import { fill, type Guide, type Step } from '#guide/form/guide-form.ts';
import { readGuide } from '#guide/form/read-guide.ts';
import { typedHere } from '#guide/walk/typed-here.ts';
import { expectKept } from '../../support/kept-text.ts';
import { seen, unitOn } from './seen.ts';

const root = join(import.meta.dirname, '../../..');
const chapter = await readGuide(join(root, 'guide/chapter'), 'chapter');
const place = { inShell: false, launcher: './lab', unitsDir: 'units', ownCode: false, machine: 'core-01' };
/** Couchbase and a memcached run: what the values of all steps are about. */
const lab = seen({
  units: [unitOn('couchbase@1.service', 'core-02'), unitOn('memcached@1.service', 'core-03')],
  keys: { '/services/couchbase/1': '10.1.2.2' },
  members: { 'core-02': '1234567890' },
});

function shown({ title: guide, steps }: Guide, step: Step, known: boolean, columns: number): string {
  const wanted = { ...step.values, ...step.live };
  const words = (text: string) =>
    fill(text, known ? valuesOf(wanted, lab) : {}, (name) => {
      const value = wanted[name];
      return value === undefined ? name : `<${describeValue(value)}>`;
    });
  const typed = (command: string) => words(typedHere(command, place));
  const { number, id, title } = step;
  const text = renderStep(
    {
      guide,
      step: { number, id, title },
      of: steps.length,
      done: false,
      goal: words(step.goal),
      type: step.type.map(typed),
      look: step.look.map(typed),
      open: step.open.map(words),
      see: step.see.map(words),
      errata: step.errata,
      questions: step.question.length,
    },
    columns,
  );
  return stripVTControlCharacters(fit(text, columns));
}

describe.each([80, 40])('the chapter at %i columns', (columns) => {
  it.each([
    ['with what the lab says', true],
    ['before anything runs', false],
  ])('%s', (name, known) => {
    const text = chapter.steps.map((step) => shown(chapter, step, known, columns)).join('\n\n---\n\n');
    expect(text.split('\n').filter((line) => visibleWidth(line) > columns)).toEqual([]);
    expect(text).not.toMatch(/\{[a-z-]+\}/);
    expectKept(join(import.meta.dirname, `screens/${columns}/${name.replaceAll(' ', '-')}.txt`), `${text}\n`);
  });
});

describe('a check', () => {
  it('shows each condition, and below it what is missing', () => {
    const step = { number: 2, id: 'couchbase', title: 'Couchbase' };
    const conditions = [
      { text: '/services/couchbase/1 is in etcd', missing: null },
      { text: 'couchbase@1.service active running', missing: '0 of 1 run; not: couchbase@1.service' },
    ];
    const now = renderCheck({ step, of: 12, done: false, last: false, conditions, happened: [] }, 40);
    expect(stripVTControlCharacters(now)).toBe(
      [
        'step 2 of 12, Couchbase: not done yet',
        '✓ /services/couchbase/1 is in etcd',
        '✗ couchbase@1.service active running',
        '    0 of 1 run; not: couchbase@1.service',
        '',
        'Stuck: lab guide hint',
      ].join('\n'),
    );
    const at = '2026-01-02T03:04:05.000Z';
    const happened = [{ at, text: 'fleet gave couchbase@1.service to core-01: most free memory' }];
    const all = { step, of: 2, done: true, last: true, conditions: conditions.slice(0, 1), happened };
    const last = stripVTControlCharacters(renderCheck(all, 80));
    expect(last).toMatch(/Couchbase: done\n✓[^✗]*That was the last step\.$/);
    expect(last).toMatch(
      /\n\nWhat happened\n\d\d:04:05 fleet gave couchbase@1.service to core-01: most free memory\n\n/,
    );
  });
});
