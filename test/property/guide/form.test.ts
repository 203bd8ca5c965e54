import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { missingOf } from '#guide/conditions/judge.ts';
import { hintsFor } from '#guide/conditions/hints.ts';
import { filled } from '#guide/conditions/values.ts';
import { conditionForm, type StepCondition } from '#guide/form/condition-form.ts';
import { fill, namesIn } from '#guide/form/guide-form.ts';
import { seen, unitOn, without } from '../../unit/guide/seen.ts';

const unit = fc.constantFrom('web@1.service', 'web@2.service', 'worker.service');
const machine = fc.constantFrom('core-01', 'core-02', 'core-09', '{victim}');
const conditions: fc.Arbitrary<StepCondition> = fc.oneof(
  fc.record({ condition: fc.constant('machine-stopped' as const), machine }),
  fc.record({ condition: fc.constant('units-active' as const), units: fc.array(unit, { minLength: 1, maxLength: 3 }) }),
  fc.record({
    condition: fc.constant('units-on-one-machine' as const),
    units: fc.array(unit, { minLength: 2, maxLength: 3 }),
  }),
  fc.record({ condition: fc.constant('unit-moved' as const), unit, from: machine }),
  fc.record({ condition: fc.constant('etcd-key' as const), key: fc.constant('/services/x/1'), not: machine }),
  fc.record({ condition: fc.constant('page-serves-rows' as const), machines: fc.array(machine, { minLength: 1 }) }),
);
const labs = fc.oneof(
  fc.subarray(['core-01', 'core-02', 'core-03']).map((names) => without(...names)),
  fc
    .array(fc.tuple(unit, fc.option(machine, { nil: undefined }), fc.constantFrom('active/running', 'failed/failed')))
    .map((all) => seen({ units: all.map(([name, on, state]) => unitOn(name, on, { state })) })),
);

describe('whatever is asked of whatever lab', () => {
  it('is answered in one line, the same each time, and so is every hint', () => {
    fc.assert(
      fc.property(conditions, labs, (one, lab) => {
        const missing = missingOf(one, lab);
        expect(missingOf(one, lab)).toBe(missing);
        for (const line of [...(missing === undefined ? [] : [missing]), ...hintsFor([one], lab)]) {
          expect(line).toMatch(/^\S[^\n]*\S$/);
        }
      }),
    );
  });

  it('is still a condition of the form when its values are filled in', () => {
    fc.assert(
      fc.property(conditions, fc.constantFrom('core-01', 'core-02'), (one, victim) => {
        const full = filled(one, { victim });
        expect(conditionForm.parse(full)).toEqual(full);
        expect(namesIn(JSON.stringify(full))).toEqual([]);
      }),
    );
  });
});

describe('a text with names in braces', () => {
  it('gets each of them, and keeps everything else as it is', () => {
    const plain = fc.string().filter((text) => !/[{}]/.test(text));
    fc.assert(
      fc.property(plain, plain, plain, (before, value, after) => {
        expect(fill(`${before}{a-name}${after}`, { 'a-name': value })).toBe(`${before}${value}${after}`);
        expect(fill(`${before}{1..3}${after}`, {})).toBe(`${before}{1..3}${after}`);
        expect(fill(`${before}{other}`, {}, (name) => `<${name}>`)).toBe(`${before}<other>`);
      }),
    );
  });
});
