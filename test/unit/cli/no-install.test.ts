import { expect, it } from 'vitest';
import { takeNoInstall } from '#cli/no-install.ts';

it('--no-install is taken from anywhere on the line, but not from another program', () => {
  expect(takeNoInstall(['--no-install', 'up'])).toEqual({ argv: ['up'], noInstall: true });
  expect(takeNoInstall(['test', '--no-install', '--', 'x'])).toEqual({ argv: ['test', '--', 'x'], noInstall: true });
  const ssh = ['ssh', 'core-01', '--', 'npx', '--no-install', 'x'];
  expect(takeNoInstall(ssh)).toEqual({ argv: ssh, noInstall: false });
});
