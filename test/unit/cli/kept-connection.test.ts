import { expect, test } from 'vitest';
import { isCommand } from '#cli/kept-connection.ts';

test.each([
  [['--', 'uptime'], true],
  [['uptime', '-p'], true],
  // A terminal, or something that ssh does for the connection's whole life.
  [[], false],
  [['-t', 'top'], false],
  [['-A', '--', 'git', 'pull'], false],
])('%j is a command alone: %s', (args, expected) => {
  expect(isCommand(args)).toBe(expected);
});
