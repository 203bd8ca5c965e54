import { expect, it } from 'vitest';
import { vagrantLine, vagrantLines } from '#cli/render/vagrant-line.ts';
import { exportLines } from '#cli/shell/export-lines.ts';
import { leaveShell, withoutShell } from '#cli/shell/leave-shell.ts';
import { shellCommand } from '#cli/shell/shell-command.ts';
import { shellEnvironment } from '#cli/shell/shell-environment.ts';
import { labPaths } from '#provision/machines/ground/lab-paths.ts';
import { load } from '../../provision/config/config-directory.ts';

const config = load({});
const paths = labPaths(config.name, config.stateDir);
const lab = { config, paths, repoDir: '/book', configDir: '/book' };
const from = (env: NodeJS.ProcessEnv) => ({ repoDir: '/book', node: '/usr/bin/node', env });

it("has the chapter's programs first, and the lab's addresses under the names that they know", () => {
  const env = shellEnvironment(lab, from({ PATH: '/usr/bin:/bin', FLEETCTL_TUNNEL: 'elsewhere', HOME: '/root' }));
  expect(env['PATH']).toBe('/book/cli/shell/programs:/usr/bin:/bin');
  expect(env['FLEETCTL_ENDPOINT']).toBe([1, 2, 3].map((n) => `http://172.17.8.10${n}:49153`).join(','));
  expect(env['ETCDCTL_ENDPOINT']).toBe([1, 2, 3].map((n) => `http://172.17.8.10${n}:2379`).join(','));
  expect(env).toMatchObject({ HOME: '/root', LAB_SHELL_MACHINES: expect.stringMatching(/^core-01=/) as string });
  expect(env).not.toHaveProperty('FLEETCTL_TUNNEL');
  expect(env).not.toHaveProperty('LAB_CONFIG_DIR');
});

it('names the directory of the configuration where it is another one', () => {
  expect(shellEnvironment({ ...lab, configDir: '/mine' }, from({}))['LAB_CONFIG_DIR']).toBe('/mine');
});

it('of a shell in a shell nothing is there twice', () => {
  const once = shellEnvironment(lab, from({ PATH: '/bin' }));
  expect(shellEnvironment(lab, from(once))).toEqual(once);
});

it('what the lab itself calls is outside of the shell', () => {
  const env = shellEnvironment(lab, from({ PATH: '/usr/bin:/bin', LANG: 'C' }));
  const left = withoutShell(env);
  expect(left['PATH']).toBe('/usr/bin:/bin');
  expect(Object.keys(left).filter((name) => name.startsWith('LAB_SHELL_'))).toEqual([]);
  leaveShell(env);
  expect(env).toEqual(left);
  expect(withoutShell({ A: 'b' })).toEqual({ A: 'b' });
});

it.each([
  ['/bin/bash', ['/bin/bash', '--rcfile', '/h/bashrc'], {}],
  ['/usr/bin/zsh', ['/usr/bin/zsh'], { ZDOTDIR: '/h/zsh', LAB_SHELL_ZDOTDIR: '/home/x' }],
  ['/usr/bin/fish', ['/usr/bin/fish', '--init-command', 'source "$LAB_SHELL_HOME/shell.fish"'], {}],
  ['/bin/tcsh', ['bash', '--rcfile', '/h/bashrc'], {}],
  [undefined, ['bash', '--rcfile', '/h/bashrc'], {}],
])('SHELL=%s', (SHELL, argv, env) => {
  expect(shellCommand('/h', { SHELL, HOME: '/home/x' })).toEqual({ argv, env });
  expect(shellCommand('/h', { SHELL, HOME: '/home/x' }, 'a | b').argv).toEqual([...argv, '-c', 'a | b']);
});

it('prints variables as each shell takes them back', () => {
  const variables = { A: 'http://x:1,http://y:1', B: `it's "$HOME" \\` };
  expect(exportLines(variables, 'bash')).toEqual([
    'export A=http://x:1,http://y:1',
    String.raw`export B='it'\''s "$HOME" \'`,
  ]);
  expect(exportLines(variables, 'fish')).toEqual([
    "set -gx A 'http://x:1,http://y:1';",
    String.raw`set -gx B 'it\'s "$HOME" \\';`,
  ]);
});

it("says what happens in Vagrant's words", () => {
  const subject = 'core-02';
  expect(vagrantLine({ subject, phase: 'halt', status: 'started' })).toBe(
    '==> core-02: Attempting graceful shutdown of VM...',
  );
  expect(vagrantLine({ subject, phase: 'services', status: 'done' })).toBe('==> core-02: Machine booted and ready!');
  expect(vagrantLine({ subject, phase: 'halt', status: 'done' })).toBeUndefined();
  expect(vagrantLine({ subject, phase: 'halt', status: 'done', detail: 'cord pulled' })).toBe(
    '    core-02: cord pulled',
  );
  expect(vagrantLine({ subject: 'lab', phase: 'destroy', status: 'started' })).toBeUndefined();
});

it('says of a machine that ran already nothing of booting', () => {
  const lineOf = vagrantLines();
  const said = (['core-01', 'core-02'] as const).flatMap((subject) => [
    lineOf({ subject, phase: 'boot', status: subject === 'core-01' ? 'skipped' : 'started' }),
    lineOf({ subject, phase: 'services', status: 'started' }),
    lineOf({ subject, phase: 'services', status: 'done' }),
  ]);
  expect(said.filter((line) => line !== undefined)).toEqual([
    '==> core-01: Machine is already running.',
    '==> core-02: Booting VM...',
    '==> core-02: Waiting for machine to boot. This may take a few minutes...',
    '==> core-02: Machine booted and ready!',
  ]);
});
