import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { LabError } from '#errors/lab-error.ts';
import { delayEnvironment } from '#scenarios/bootstrap/delays.ts';
import { imageParameter } from '#scenarios/bootstrap/image.ts';
import { withEnvironment } from '#scenarios/bootstrap/unit-variant.ts';

const units = join(import.meta.dirname, '../../../../units');

it.each(['couchbase@.service', 'book/couchbase@.service'])(
  '%s gets its variables, and nothing else changes',
  (file) => {
    const text = readFileSync(join(units, file), 'utf8');
    expect(withEnvironment(text, delayEnvironment('none'))).toBe(text);
    const changed = withEnvironment(text, delayEnvironment('realistic'));
    const flags = '-e COUCHBASE_START_DELAY_MS=13500 -e COUCHBASE_WARMUP_MS=5000 ';
    expect(changed.split('\n').filter((line) => line.includes(flags))).toEqual([
      expect.stringMatching(/^ExecStart=\/usr\/bin\/docker run -e .* couchbase:community-4\.0\.0$/),
    ]);
    expect(changed.replace(flags, '')).toBe(text);
  },
);

it('a unit without a container is refused', () => {
  expect(() => withEnvironment('[Service]\nExecStart=/bin/true\n', { A: '1' })).toThrow(
    expect.objectContaining({ code: 'unit.variant' }) as LabError,
  );
});

it('the upstream image is refused while the command line is read', () => {
  expect(imageParameter.parse('embedded', 'image')).toBe('embedded');
  const refusal = (given: string) => {
    try {
      return imageParameter.parse(given, 'image');
    } catch (error) {
      return error instanceof LabError ? `${error.code} ${error.exitCode}` : error;
    }
  };
  expect(refusal('upstream')).toBe('unbuilt.upstream-images 79');
  expect(refusal('official')).toBe('usage.parameter 64');
});
