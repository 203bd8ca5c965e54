import { describe, expect, test } from 'vitest';
import { LabError } from '../../../../../errors/lab-error.ts';
import { parseUnitFile } from '../../../../../platform/fleet/unit/parse.ts';
import { hashUnit, serialiseUnit } from '../../../../../platform/fleet/unit/serialise.ts';
import { valuesOf } from '../../../../../platform/fleet/unit/unit-file.ts';

const refusal = (text: string): string => {
  try {
    parseUnitFile(text, 'x.service');
  } catch (error) {
    if (error instanceof LabError) return `${error.code}: ${error.message}`;
  }
  return 'accepted';
};

describe('parseUnitFile', () => {
  test('keeps order and repetition, drops comments and blank lines', () => {
    const options = parseUnitFile(
      '# a\n[Unit]\nAfter=a\n; b\n\nAfter = b \n[Service]\nExecStart=/bin/sh -c "a=b # no comment"\n',
      'x',
    );
    expect(options).toEqual([
      { section: 'Unit', name: 'After', value: 'a' },
      { section: 'Unit', name: 'After', value: 'b' },
      { section: 'Service', name: 'ExecStart', value: '/bin/sh -c "a=b # no comment"' },
    ]);
  });

  test('a continued line stays continued when written back', () => {
    const text = '[Service]\nExecStart=/bin/docker run \\\n  --rm \\\n  x\nRestart=always\n';
    const options = parseUnitFile(text, 'x');
    expect(options[0]?.value).toBe('/bin/docker run \\\n  --rm \\\n  x');
    expect(serialiseUnit(options)).toBe(text);
    expect(parseUnitFile(serialiseUnit(options), 'x')).toEqual(options);
  });

  test('a backslash that nothing follows does not swallow the next line written', () => {
    const options = parseUnitFile('[Service]\nExecStart=a \\\n\nRestart=no\n', 'x');
    expect(options.map((o) => o.value)).toEqual(['a', 'no']);
  });

  test('empty values, CRLF and a byte order mark are fine', () => {
    expect(parseUnitFile('\uFEFF[Service]\r\nExecStart=\r\n', 'x')).toEqual([
      { section: 'Service', name: 'ExecStart', value: '' },
    ]);
  });

  test.each([
    ['', 'unit.syntax: x.service: the file has no section'],
    ['ExecStart=/x\n', 'unit.syntax: x.service:1: key "ExecStart" stands outside of any section'],
    ['\n[Service\nA=b', 'unit.syntax: x.service:2: section header "[Service" is not closed'],
    ['[Service] A=b', 'unit.syntax: x.service:1: "A=b" follows the section header'],
    ['[]\nA=b', 'unit.syntax: x.service:1: section header without a name'],
    ['[Service]\nnonsense\n', 'unit.syntax: x.service:2: "nonsense" is not of the form Key=value'],
    ['[Service]\n=x\n', 'unit.syntax: x.service:2: "=x" is not of the form Key=value'],
    ['[Service]\n', 'unit.syntax: x.service: the file has no options'],
  ])('%j is refused', (text, message) => {
    expect(refusal(text)).toBe(message);
  });
});

describe('serialiseUnit', () => {
  test('groups sections in first-seen order with a blank line between', () => {
    const options = parseUnitFile('[Unit]\nA=1\n[Service]\nB=2\n[Unit]\nC=3\n', 'x');
    expect(serialiseUnit(options)).toBe('[Unit]\nA=1\nC=3\n\n[Service]\nB=2\n');
    expect(valuesOf(options, 'Unit', 'C')).toEqual(['3']);
  });

  test('the hash is SHA-1 of that text', () => {
    // printf '[Service]\nExecStart=/bin/sleep 1\n' | sha1sum
    expect(hashUnit(parseUnitFile('[Service]\nExecStart=/bin/sleep 1\n', 'x'))).toBe(
      '0291f12e379921025c603e454c0fe989ddb0f3dd',
    );
  });
});
