import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { sshArguments } from '#cli/ssh-arguments.ts';

/** What ssh itself makes of the words: `ssh -G` prints the settings that it would connect with. */
function settings(args: readonly string[]): string[] {
  const lab = { config: { stretch: 1 }, paths: { keysDir: '/lab/keys' } } as Parameters<typeof sshArguments>[0];
  const words = [...sshArguments(lab, { address: '172.17.8.102' }), ...args];
  return execFileSync('ssh', ['-G', ...words], { encoding: 'utf8' }).split('\n');
}

test('a machine of the lab is reached as core, whatever the reader’s configuration says', () => {
  expect(settings([])).toEqual(
    expect.arrayContaining([
      'hostname 172.17.8.102',
      'user core',
      'identitiesonly yes',
      'stricthostkeychecking false',
      'requesttty auto',
    ]),
  );
});

test.each([
  [['-t', 'top'], 'requesttty true'],
  [['-tt', '--', 'top'], 'requesttty force'],
  [['-T', 'top'], 'requesttty false'],
  [['-L', '8091:127.0.0.1:8091', '-N'], 'localforward 8091 [127.0.0.1]:8091'],
  [['-A'], 'forwardagent yes'],
  [['-o', 'ServerAliveInterval=7', 'top'], 'serveraliveinterval 7'],
  // Behind the command, and behind --, they are the command's.
  [['top', '-t'], 'requesttty auto'],
  [['--', 'top', '-t'], 'requesttty auto'],
])('options of ssh may stand behind the machine: %j', (args, setting) => {
  expect(settings(args)).toContain(setting);
});
