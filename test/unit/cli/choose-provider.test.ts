import { describe, expect, it } from 'vitest';
import { chooseProvider, takeProvider } from '../../../cli/choose-provider.ts';

describe('--provider', () => {
  it('is taken from anywhere on the line, but not from another program', () => {
    expect(takeProvider(['up', '--provider', 'vagrant', 'core-01'])).toEqual({
      argv: ['up', 'core-01'],
      provider: 'vagrant',
    });
    expect(takeProvider(['--provider=nspawn', 'status'])).toEqual({ argv: ['status'], provider: 'nspawn' });
    const ssh = ['ssh', 'core-01', '--', 'x', '--provider', 'y'];
    expect(takeProvider(ssh)).toEqual({ argv: ssh });
  });

  it('must be one there is', () => {
    for (const argv of [
      ['up', '--provider', 'docker'],
      ['up', '--provider'],
      ['up', '--provider='],
    ])
      expect(() => takeProvider(argv)).toThrow(expect.objectContaining({ code: 'usage.provider' }) as Error);
  });

  it('of a lab that exists stays', () => {
    expect(chooseProvider(undefined, undefined)).toBe('nspawn');
    expect(chooseProvider('vagrant', undefined)).toBe('vagrant');
    expect(chooseProvider(undefined, 'vagrant')).toBe('vagrant');
    expect(() => chooseProvider('nspawn', 'vagrant')).toThrow(
      expect.objectContaining({ code: 'state.provider', next: 'lab destroy; lab up --provider nspawn' }) as Error,
    );
  });
});
