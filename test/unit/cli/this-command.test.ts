import { expect, it } from 'vitest';
import { thisCommand } from '#cli/this-command.ts';

const argv = (...words: string[]) => ['/usr/bin/node', '/srv/lab/dist/cli/main.cjs', ...words];

it.each([
  [{ LAB_LAUNCHER: './lab' }, ['ssh', 'core-01', '--', 'docker', 'ps'], './lab ssh core-01 -- docker ps'],
  [{ LAB_LAUNCHER: '/srv/my lab/lab' }, ['up'], "'/srv/my lab/lab' up"],
  [{ LAB_LAUNCHER: 'lab', LAB_CONFIG_DIR: '/etc/lab' }, ['halt'], 'LAB_CONFIG_DIR=/etc/lab lab halt'],
  [
    { LAB_CONFIG_DIR: "/o'b" },
    ['ssh', 'core-01', 'echo "a b"'],
    String.raw`LAB_CONFIG_DIR='/o'\''b' ./lab ssh core-01 'echo "a b"'`,
  ],
])('with %j and the words %j: %s', (env, words, command) => {
  expect(thisCommand(env, argv(...words))).toBe(command);
});
