import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LabError } from '#errors/lab-error.ts';
import { joinedValue } from '#platform/fleet/unit/lines.ts';
import { parseUnitFile } from '#platform/fleet/unit/parse.ts';
import { serialiseUnit } from '#platform/fleet/unit/serialise.ts';

/**
 * The judge is systemd itself: it names the value of each Restart= that it cannot use, and warns of lines that it ignores. Many files
 * are judged by one call.
 */
const judge = '/usr/bin/systemd-analyze';
/** Is it as that of the machines? Another reads some of this otherwise. */
const isThere = (): boolean => {
  try {
    return execFileSync(judge, ['--version'], { encoding: 'utf8' }).startsWith('systemd 252 ');
  } catch {
    return false;
  }
};

const line = fc.constantFrom(
  'Restart=v1',
  'Restart = v2 \\',
  'Restart=v3\\\\',
  'Restart=v4 \\\\\\',
  '  more',
  '\tmore \\',
  'Restart=v5 \\ ',
  '\\',
  '# comment',
  '  ; comment \\',
  '',
  '   ',
  'A B=1',
  '=x',
  'Restart=v6\r',
  'Restart=v7 \\\r',
  '[Unit]',
  '-u S=2',
);
const texts = fc.sample(
  fc
    .array(line, { minLength: 1, maxLength: 7 })
    .map((lines) => `[Service]\nExecStart=/bin/true\n${lines.join('\n')}\n`),
  { numRuns: 300, seed: 7 },
);
let directory = '';
let said = '';
const name = (i: number, kind: string) => `${kind}${i}.service`;

interface Reading {
  readonly values: string[];
  readonly refused: boolean;
}
const ours = (text: string): Reading => {
  try {
    const options = parseUnitFile(text, 'x.service');
    const values = options
      .filter((o) => o.section === 'Service' && o.name === 'Restart')
      .map((o) => joinedValue(o.value));
    return { values: values.filter((v) => v !== ''), refused: false };
  } catch (error) {
    if (error instanceof LabError) return { values: [], refused: true };
    throw error;
  }
};
const systemds = (file: string): Reading => {
  const lines = said.split('\n').filter((l) => l.includes(`/${file}:`));
  const values = lines.flatMap((l) => /restart specifier, ignoring: (.*)$/.exec(l)?.[1] ?? []);
  // A name that systemd does not know is no matter of syntax, unless it could be none.
  const bad = /Missing|Unknown key (name )?'[^']*[^A-Za-z'][^']*'|Assignment outside|Invalid/;
  const ignored = lines.some((l) => bad.test(l));
  return { values, refused: ignored };
};

beforeAll(async () => {
  if (!isThere()) return;
  directory = await mkdtemp(join(tmpdir(), 'as-systemd-'));
  const files: string[] = [];
  for (const [i, text] of texts.entries()) {
    await writeFile(join(directory, name(i, 'raw')), text);
    files.push(name(i, 'raw'));
    if (ours(text).refused) continue;
    await writeFile(join(directory, name(i, 'sent')), serialiseUnit(parseUnitFile(text, 'x.service')));
    files.push(name(i, 'sent'));
  }
  said = await new Promise((resolve) =>
    execFile(
      judge,
      ['verify', '--man=no', ...files.map((f) => join(directory, f))],
      { maxBuffer: 1 << 26 },
      (_e, out, err) => resolve(out + err),
    ),
  );
});
afterAll(() => (directory === '' ? undefined : rm(directory, { recursive: true, force: true })));

test.skipIf(!isThere())(
  'a file means to us, and as it is sent, what it means to systemd; what systemd ignores is refused',
  () => {
    let read = 0;
    for (const [i, text] of texts.entries()) {
      const theirs = systemds(name(i, 'raw'));
      const own = ours(text);
      if (theirs.refused) expect(own.refused, text).toBe(true);
      if (own.refused) continue;
      read += 1;
      expect(own.values, text).toEqual(theirs.values);
      expect(systemds(name(i, 'sent')).values, text).toEqual(theirs.values);
    }
    // Not all were refused, or nothing would have been compared.
    expect(read).toBeGreaterThan(30);
  },
);
