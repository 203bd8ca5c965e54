import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { LabError } from '#errors/lab-error.ts';
import { delayEnvironment } from '#scenarios/bootstrap/delays.ts';
import { requireImage } from '#scenarios/bootstrap/image.ts';
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

it('the image that a bootstrap is to be of must be the one that the lab serves', () => {
  const own = { suite: 'bookworm', upstream: {} };
  const others = { ...own, remoteUrl: 'https://registry.example', upstream: { couchbase: 'library/couchbase:7.0' } };
  const refusal = (...args: Parameters<typeof requireImage>) => {
    try {
      return requireImage(...args);
    } catch (error) {
      return error instanceof LabError ? [error.code, error.exitCode, error.next] : error;
    }
  };
  const next = (source: string) =>
    expect.stringContaining(`source = "${source}" under [images.couchbase] in lab.toml`) as string;
  expect(refusal(own, 'upstream')).toEqual(['usage.parameter', 64, next('upstream')]);
  expect(refusal(others, 'embedded')).toEqual(['usage.parameter', 64, next('embedded')]);
  for (const fits of [
    ['any', own] as const,
    ['embedded', own] as const,
    ['any', others] as const,
    ['upstream', others] as const,
  ])
    expect(refusal(fits[1], fits[0])).toBeUndefined();
});
