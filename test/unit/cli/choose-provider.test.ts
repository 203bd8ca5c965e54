import { describe, expect, it } from 'vitest';
import { chooseHypervisor, chooseProvider, knownHypervisor, takeProvider } from '#cli/choose-provider.ts';

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

describe('what runs virtual machines', () => {
  it('is what the lab has, what was asked for, or left to lab.toml', () => {
    expect(chooseHypervisor(undefined, undefined)).toBeUndefined();
    expect(chooseHypervisor('virtualbox', undefined)).toBe('virtualbox');
    expect(chooseHypervisor(undefined, 'libvirt')).toBe('libvirt');
    expect(chooseHypervisor('libvirt', 'libvirt')).toBe('libvirt');
  });

  it('is one for all machines of a lab', () => {
    expect(() => chooseHypervisor('virtualbox', 'libvirt')).toThrow(
      "this lab's virtual machines run on libvirt; it cannot have virtualbox's beside them",
    );
  });

  it('has one of two names', () => {
    expect(knownHypervisor('virtualbox')).toBe('virtualbox');
    expect(() => knownHypervisor('xen')).toThrow('virtual machines run on libvirt or virtualbox, not on "xen"');
  });
});
