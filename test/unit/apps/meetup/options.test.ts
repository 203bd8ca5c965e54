import { describe, expect, it } from 'vitest';
import { readOptions } from '#apps/meetup/src/options.ts';
import { LabError } from '#errors/lab-error.ts';

describe('readOptions', () => {
  it('prefers flags to variables and those to defaults', () => {
    const options = readOptions(['--port', '8080', '--host=127.0.0.1'], { MEETUP_PORT: '1', MEETUP_DEAD_MS: '3000' });
    expect(options).toEqual({
      host: '127.0.0.1',
      port: 8080,
      rate: 4,
      seed: 1,
      startIndex: 0,
      pingMs: 1000,
      deadMs: 3000,
    });
  });

  it.each([
    ['--port', '99999'],
    ['--rate', '0'],
    ['--seed', 'x'],
    ['--seed', '1.5'],
    ['--start', ''],
    ['--bogus', '1'],
    ['stray'],
  ])('refuses %s %s', (...args) => {
    const attempt = () => readOptions(args, {});
    expect(attempt).toThrow(LabError);
    expect(attempt).toThrow(expect.objectContaining({ code: 'usage.meetup' }));
  });
});
