import { describe, expect, test } from 'vitest';
import { LabError } from '#errors/lab-error.ts';
import { decodeUnitFile, joinedValue } from '#platform/fleet/unit/lines.ts';
import { parseUnitFile } from '#platform/fleet/unit/parse.ts';
import { hashUnit, serialiseUnit } from '#platform/fleet/unit/serialise.ts';
import { valuesOf } from '#platform/fleet/unit/unit-file.ts';

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
    ['[Service]\nA=1\n-u SECOND=2\n', 'unit.syntax: x.service:3: "-u SECOND" is no option name'],
    ['[Service]\nTwo words=2\n', 'unit.syntax: x.service:2: "Two words" is no option name'],
    ['[Service]\n"A"=2\n', 'unit.syntax: x.service:2: ""A"" is no option name'],
    ['[Service]\nRest\\\nart=no\n', 'unit.syntax: x.service:2: "Rest art" is no option name'],
    ['[Service]\nA=a \\ \n b\n', /^unit.syntax: x.service:2: blanks follow the backslash/],
    ['[Service]\nA=a \\\n b \\\t\nB=1\n', /^unit.syntax: x.service:3: blanks follow the backslash/],
    ['[Service]\nA=a \\\\\n b\n', 'unit.syntax: x.service:3: "b" is not of the form Key=value'],
    ['[Service]\nA=\0\n', 'unit.syntax: x.service:2: the line has a NUL character'],
    ['.include /lib/x\n[Service]\nA=1\n', 'unit.syntax: x.service:1: systemd no longer knows .include'],
    ['["Service"]\nA=1\n', 'unit.syntax: x.service:1: ""Service"" is no section name'],
    ['[ Service ]\nA=1\n', 'unit.syntax: x.service:1: " Service " is no section name'],
    ['[Sevice]\nA=1\n', 'unit.syntax: x.service:1: a .service has no section [Sevice]: systemd would ignore it'],
    ['[service]\nA=1\n', 'unit.syntax: x.service:1: a .service has no section [service]: systemd would ignore it'],
    ['[Unit]\n[X-fleet]\nGlobal=true\n', 'unit.syntax: x.service:2: [X-fleet] is not [X-Fleet], and nobody heeds it'],
    ['[X-FLEET]\nGlobal=true\n', 'unit.syntax: x.service:1: [X-FLEET] is not [X-Fleet], and nobody heeds it'],
    ['[Timer]\nA=1\n', 'unit.syntax: x.service:1: a .service has no section [Timer]: systemd would ignore it'],
    ['[Service]\nA=1 \\\n[Install]\nB=1\n', /^unit.syntax: x.service:3: the line before ends in a backslash/],
    [`[Service]\nA=${'x'.repeat(1024 * 1024)}\n`, /^unit.syntax: x.service:2: the line is longer than 1 MiB/],
    [`[Service]\n# ${'é'.repeat(512 * 1024)}\nA=1\n`, /^unit.syntax: x.service:2: the line is longer than 1 MiB/],
    [
      `[Service]\nA=${'y'.repeat(1000).concat(' \\\n').repeat(1100)}\n`,
      /^unit.syntax: x.service:\d+: the line, with those/,
    ],
  ])('%.60j is refused', (text, message) => {
    if (message instanceof RegExp) expect(refusal(text)).toMatch(message);
    else expect(refusal(text)).toBe(message);
  });

  test.each([
    ['[X-Other]\nA=1\n[X-Fleet]\nGlobal=true\n', 'x.service'],
    ['[Timer]\nOnCalendar=daily\n', 'x.timer'],
    ['[Socket]\nListenStream=80\n[Install]\nWantedBy=a\n', 'x@.socket'],
  ])('%j is fine', (text, file) => {
    expect(() => parseUnitFile(text, file)).not.toThrow();
  });

  test('comment lines between continued ones are no part of the value, and are sent as they were written', () => {
    const text =
      '[Service]\nExecStart=/bin/sh \\\n# one\n  -c \\\n\t; two\n# three \\\n  "exec sleep 1d"\nRestart=no\n';
    const [start, restart] = parseUnitFile(text, 'x.service');
    expect(joinedValue(start?.value ?? '')).toBe('/bin/sh    -c    "exec sleep 1d"');
    expect(restart).toMatchObject({ name: 'Restart', value: 'no' });
    expect(serialiseUnit(parseUnitFile(text, 'x.service'))).toBe(text);
  });

  test.each([
    ['-u SECOND=2 \\\n sleep 1d', '-u SECOND'],
    ['SECOND=2 sleep 1d', 'SECOND'],
    ['--name=x image', '--name'],
    ['name=x image', 'name'],
    ['# a comment does not mend it\n  -e A=b \\\n image', '-e A'],
  ])('what follows a command cut off by a blank line is refused, and the remedy names that line: %j', (rest, name) => {
    try {
      parseUnitFile(`[Service]\nExecStart=/usr/bin/env \\\n FIRST=1 \\\n\n${rest}\n`, 'x.service');
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({
        message: expect.stringMatching(new RegExp(`^x.service:[56]: "${name}" is no option name$`)) as string,
        next: expect.stringContaining('remove the blank line 4') as string,
      });
    }
  });

  test('an option may follow a command that was cut off; blanks and comments after a backslash are nothing', () => {
    for (const between of ['', '  \\\n', '# c\n', '# c \\\n \\\n']) {
      const options = parseUnitFile(`[Service]\nExecStart=a b \\\n${between}\nRestart=no\n`, 'x.service');
      expect(options.map((o) => [o.name, o.value])).toEqual([
        ['ExecStart', 'a b'],
        ['Restart', 'no'],
      ]);
    }
  });

  test('an option may begin in a line of its own backslash, and with its value', () => {
    const options = parseUnitFile('[Service]\n\\\nRestart = no\nExecStart=\\\n  /bin/true\n', 'x.service');
    expect(options.map((o) => [o.name, joinedValue(o.value)])).toEqual([
      ['Restart', 'no'],
      ['ExecStart', '/bin/true'],
    ]);
  });

  test('bytes that are no UTF-8 are refused with their line', () => {
    const bytes = Buffer.concat([Buffer.from('[Service]\nA=1\nB='), Buffer.from([0xff]), Buffer.from('\nC=1\n')]);
    expect(() => decodeUnitFile(bytes, 'x.service')).toThrow('x.service:3: the line is not UTF-8');
    expect(decodeUnitFile(Buffer.from('\uFEFF[Service]\nA=é\n'), 'x')).toBe('\uFEFF[Service]\nA=é\n');
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
