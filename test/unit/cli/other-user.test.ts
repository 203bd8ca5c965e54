import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canNobodyRun, nobody as nobodysId } from '#test/support/nobody.ts';
import { LabCli, labName } from './lab-process.ts';

const repoDir = join(import.meta.dirname, '../../..');
const launcher = join(repoDir, 'lab');
const asNobody = ['setpriv', `--reuid=${nobodysId}`, `--regid=${nobodysId}`, '--clear-groups'];
/** Root, in a checkout into which another user may look, with a Node.js that they may run: not one in root's own directory. */
const canTry =
  process.getuid?.() === 0 && canNobodyRun('test', '-r', launcher) && canNobodyRun(process.execPath, '-e', '');

let lab: LabCli;
beforeAll(async () => {
  lab = new LabCli();
  chmodSync(lab.dir, 0o755);
  expect(await lab.run('--version')).toMatchObject({ exitCode: 0 });
}, 300_000);
afterAll(() => lab.remove());

async function nobody(...words: string[]) {
  const env = { LAB_CONFIG_DIR: lab.dir, HOME: '/nonexistent', NO_COLOR: '1', FORCE_COLOR: undefined };
  const [program = '', ...args] = [...asNobody, launcher, ...words];
  const result = await execa(program, args, { env, reject: false, cwd: '/', stdin: 'ignore' });
  return { exitCode: result.exitCode, stdout: result.stdout, stderr: result.stderr };
}

describe.runIf(canTry)('a user who is not root, in a checkout of root', () => {
  it.each([
    ['--help'],
    ['help', 'up'],
    ['--version'],
    ['explain', '69'],
    ['scenario'],
    ['scenario', 'failover', '--help'],
    ['runs'],
    ['report', '--schema'],
    ['status'],
    ['image', 'box', '--name'],
    ['vagrant', 'settings'],
  ])('lab %s %s works', async (...words) => {
    expect(await nobody(...words)).toMatchObject({ exitCode: 0, stderr: '' });
  });

  it('the doctor works, and says that root is missing', async () => {
    const { exitCode, stdout } = await nobody('doctor');
    expect([exitCode, stdout]).toEqual([69, expect.stringMatching(/FAIL +Root .*65534/)]);
  });

  it.each([
    ['up'],
    ['halt', 'core-02'],
    ['cut', 'core-02'],
    ['destroy'],
    ['ssh', 'core-01', '--', 'echo', "it's"],
    ['fleetctl', 'list-units'],
    ['scenario', 'failover', '--by', 'cut'],
    ['image', 'box'],
    ['image', 'prune', '--dry-run'],
    ['vagrant', 'prepare', 'core-01'],
    ['test', '--tier', 'quick'],
  ])('lab %s is sent to sudo, with its words: 77, two lines', async (...words) => {
    const { exitCode, stdout, stderr } = await nobody(...words);
    const [error, next, ...more] = stderr.split('\n');
    expect([exitCode, stdout, more]).toEqual([77, '', []]);
    expect(error).toMatch(/^error .*needs root.* \[permission\.root\]$/);
    // What sudo would be given, as a shell reads it.
    const command = next?.slice('next  Run: sudo '.length);
    const { stdout: read } = await execa('sh', ['-c', `printf '%s\n' ${command}`]);
    expect(read.split('\n')).toEqual([`LAB_CONFIG_DIR=${lab.dir}`, launcher, ...words]);
  });

  it('is not told that a lab is down when it runs, but only root may ask it', async () => {
    const stateDir = join(lab.dir, 'state', labName);
    mkdirSync(stateDir, { recursive: true });
    const spec = join(stateDir, 'supervisor-spec.json');
    writeFileSync(spec, '{}');
    // As the supervisor looks to others: unshare with the lab's spec on its command line.
    const supervisor = spawn('unshare', ['--fork', 'sh', '-c', 'echo up; read -r end', 'sh', spec]);
    try {
      await once(supervisor.stdout, 'data');
      expect(await nobody('status')).toMatchObject({
        exitCode: 77,
        stdout: '',
        stderr: expect.stringContaining(`sudo LAB_CONFIG_DIR=${lab.dir} ${launcher} status`) as string,
      });
    } finally {
      const ended = once(supervisor, 'exit');
      supervisor.stdin.end('end\n');
      await ended;
    }
    expect(await nobody('status')).toMatchObject({ exitCode: 0 });
  });
});

it('whoever reads only the first line ends nothing', async () => {
  const { stdout, stderr } = await execa('sh', ['-c', '{ "$0" explain; echo "code $?" >&2; } | head -n 1', launcher], {
    env: { NO_COLOR: '1', FORCE_COLOR: undefined },
  });
  expect([stdout.split('\n').length, stderr]).toEqual([1, 'code 0']);
});
