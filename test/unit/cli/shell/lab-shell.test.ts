import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repoDir } from '../../../support/lab-cli.ts';
import { LabCli, labName } from '../lab-process.ts';

/** `./lab shell` and `./lab vagrant` as programs; no lab is up here. */
describe.skipIf(process.getuid?.() !== 0)('lab shell', () => {
  let lab: LabCli;
  beforeAll(async () => {
    lab = new LabCli();
    await lab.build();
  }, 300_000);
  afterAll(() => lab.remove());

  it('-c runs commands as the shell does, and ends with their exit code', async () => {
    const { exitCode, stdout } = await lab.run('shell', '-c', "echo web@{1..3} | grep -E 'web@3'; exit 7");
    expect({ exitCode, stdout }).toEqual({ exitCode: 7, stdout: 'web@1 web@2 web@3' });
    expect((await lab.run('shell', '-c', 'kill -TERM $$')).exitCode).toBe(143);
  });

  it('completes every command that the help lists', async () => {
    const { stdout: help } = await lab.run('--help');
    const list = help.slice(help.indexOf('Commands:'), help.indexOf('Examples:'));
    const commands = [...list.matchAll(/^ {2}([a-z]+) /gm)].map((match) => match[1]);
    const { stdout } = await lab.run('shell', '-c', 'sh "$LAB_SHELL_HOME/names.sh" lab');
    expect(stdout.split('\n').sort()).toEqual(commands.sort());
  });

  it('--dir begins there, and refuses what is no directory', async () => {
    mkdirSync(join(lab.dir, 'my book'));
    expect((await lab.run('shell', '--dir', 'my book', '-c', 'pwd')).stdout).toBe(join(lab.dir, 'my book'));
    const { exitCode, stderr } = await lab.run('shell', '--dir', 'nowhere', '-c', 'true');
    expect(exitCode).toBe(64);
    expect(stderr).toContain(`next  mkdir -p ${join(lab.dir, 'nowhere')}`);
  });

  it('without a lab it begins all the same, and each program says what makes one', async () => {
    const line = 'vagrant status; vagrant halt; vagrant destroy -f; ssh core-01';
    const { exitCode, stdout, stderr } = await lab.run('shell', '-c', line);
    expect(exitCode).toBe(74);
    expect(stdout).toMatch(/^core-01 +not created \(nspawn\)$/m);
    expect(stdout.match(/==> core-02: VM not created. Moving on.../g)).toHaveLength(2);
    expect(stderr).toContain('next  vagrant up core-01');
    expect(lab.leftovers()).toEqual([]);
  });

  it("the lab that is typed in it is this one, and does not meet the shell's own programs", async () => {
    const { stdout } = await lab.run('shell', '-c', 'cd /; lab status; lab shell -c "type -a ssh"');
    expect(stdout).toMatch(/^lab clitest\S* is not up/m);
    expect(stdout.match(/cli\/shell\/programs\/ssh/g)).toHaveLength(1);
  });

  it('shows the lab in its prompt, after what the reader has in ~/.bashrc', async () => {
    writeFileSync(
      join(lab.dir, '.bashrc'),
      'PS1="mine "\nMINE=kept\nalias ssh=false\nfleetctl() { :; }\nPATH=/usr/bin:$PATH\n',
    );
    const env = { LAB_CONFIG_DIR: lab.dir, HOME: lab.dir, SHELL: '/bin/bash', TERM: 'dumb' };
    const { stdout, exitCode } = await execa('script', ['-qec', `${join(repoDir, 'lab')} shell`, '/dev/null'], {
      env,
      cwd: lab.dir,
      input: 'echo $MINE-$((40 + 2))\ntype ssh fleetctl\nexit 5\n',
      reject: false,
    });
    expect(stdout).toMatch(/\[clitest\S* 0\/3 down\] \S+# echo/);
    expect(stdout).toContain('note: lab clitest');
    expect(stdout).toContain('kept-42');
    for (const program of ['ssh', 'fleetctl']) expect(stdout).toContain(`is ${repoDir}/cli/shell/programs/${program}`);
    expect(exitCode).toBe(5);
  });

  it.each([
    ['PROMPT_COMMAND=\'PS1="mine $((++n))> ";\'', 'a text that ends in a semicolon'],
    ["PROMPT_COMMAND=('n=$((n + 1))' 'PS1=\"mine $n> \"')", 'a list'],
  ])('keeps its prompt before one that is made anew each time: %s (%s)', async (line) => {
    writeFileSync(join(lab.dir, '.bashrc'), `${line}\n`);
    const env = { LAB_CONFIG_DIR: lab.dir, HOME: lab.dir, SHELL: '/bin/bash', TERM: 'dumb' };
    const { stdout } = await execa('script', ['-qec', `${join(repoDir, 'lab')} shell`, '/dev/null'], {
      env,
      cwd: lab.dir,
      input: 'true\nexit 5\n',
      reject: false,
    });
    expect(stdout).toMatch(/\[clitest\S* 0\/3 down\] mine 1> /);
    expect(stdout).toMatch(/\[clitest\S* 0\/3 down\] mine 2> /);
    expect(stdout).not.toMatch(/down\] \[/);
  });

  it('Vagrant itself, outside of the shell, is told that it does not see containers', async () => {
    const state = join(lab.dir, 'state', labName);
    mkdirSync(state, { recursive: true });
    writeFileSync(join(state, 'provider'), 'nspawn\n');
    const { exitCode, stdout, stderr } = await lab.run('vagrant', 'settings');
    rmSync(join(lab.dir, 'state'), { recursive: true });
    expect({ exitCode, stdout }).toEqual({ exitCode: 74, stdout: '' });
    expect(stderr).toMatch(/are containers, which Vagrant itself does not see \[state\.provider\]\nnext {2}lab shell /);
  });

  it('says of verbs of Vagrant that it has not what to use instead, in one line each', async () => {
    for (const [verb, instead] of [
      ['provision core-02 --provision-with shell', 'vagrant destroy core-02'],
      ['box list', 'lab image list'],
      ['plugin install vagrant-libvirt', 'nothing'],
      ['ssh-config', 'ssh core-01'],
    ]) {
      const { exitCode, stderr } = await lab.run('vagrant', ...(verb ?? '').split(' '));
      expect({ verb, exitCode }).toEqual({ verb, exitCode: 64 });
      expect(stderr).toContain(`vagrant ${verb?.split(' ')[0]} `);
      expect(stderr).toMatch(/\[usage\.vagrant\]/);
      expect(stderr).toContain(instead);
    }
    expect((await lab.run('vagrant', '--help')).stdout).not.toContain('plugin');
  });
});

describe.skipIf(process.getuid?.() !== 0)('lab env', () => {
  const lab = new LabCli();
  afterAll(() => lab.remove());

  it('prints what bash and fish evaluate', async () => {
    const { stdout } = await lab.run('env', '--shell', 'bash');
    expect(stdout).toMatch(/^export FLEETCTL_ENDPOINT=http:\/\/172\.17\.8\.101:49153,/m);
    const read = await execa('bash', ['-c', `${stdout}\necho $ETCDCTL_ENDPOINT`]);
    expect(read.stdout).toMatch(/^http:\/\/172\.17\.8\.101:2379,.*:2379$/);
    expect((await lab.run('env', '--shell', 'fish')).stdout).toMatch(/^set -gx ETCDCTL_ENDPOINT 'http/m);
    expect((await lab.run('env', '--shell', 'csh')).exitCode).toBe(64);
  });

  it('names no engine of a machine that does not run', async () => {
    const { exitCode, stderr } = await lab.run('env', 'core-01');
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 74,
      stderr: expect.stringContaining('lab up core-01') as string,
    });
    expect((await lab.run('env', 'core-09')).exitCode).toBe(68);
  });
});
