import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LabError } from '#errors/lab-error.ts';
import { parseUnitFile } from '#platform/fleet/unit/parse.ts';
import { hashUnit, serialiseUnit } from '#platform/fleet/unit/serialise.ts';

const word = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,8}$/);
const value = fc.stringMatching(/^([!-[\]-~]([ -[\]-~]{0,20}[!-[\]-~])?)?$/);
const options = fc.array(fc.record({ section: word, name: word, value }), { minLength: 1, maxLength: 12 });

test('what is written is read back as the same unit with the same hash', () => {
  fc.assert(
    fc.property(options, (list) => {
      const once = parseUnitFile(serialiseUnit(list), 'x');
      expect(serialiseUnit(once)).toBe(serialiseUnit(list));
      expect(hashUnit(once)).toBe(hashUnit(list));
      expect(parseUnitFile(serialiseUnit(once), 'x')).toEqual(once);
    }),
  );
});

test('any text is either read, and then survives being written, or refused with file and remedy', () => {
  const line = fc.constantFrom(
    '[A]',
    '[B',
    'k=v',
    'k=v \\',
    '\\',
    '  more \\',
    '',
    '# c',
    '; c',
    '=',
    'k',
    '[A] x',
    'k = [A]',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(line).map((l) => l.join('\n')),
        fc.string(),
      ),
      (text) => {
        try {
          const read = parseUnitFile(text, 'file.service');
          expect(hashUnit(parseUnitFile(serialiseUnit(read), 'x'))).toBe(hashUnit(read));
        } catch (error) {
          expect(error).toBeInstanceOf(LabError);
          expect((error as LabError).message).toMatch(/^file\.service:/);
          expect((error as LabError).next).not.toBe('');
        }
      },
    ),
    { numRuns: 500 },
  );
});
