import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listedErrors } from '#errors/catalogue.ts';
import { exitCodes } from '#errors/lab-error.ts';
import { LabCli } from './lab-process.ts';

const repoDir = join(import.meta.dirname, '../../..');
let lab: LabCli;
beforeAll(async () => {
  lab = new LabCli();
  await lab.build();
}, 300_000);
afterAll(() => lab.remove());

async function explain(...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await lab.run('explain', ...args);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return stdout;
}

async function refusal(...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await lab.run('explain', ...args);
  expect({ exitCode, stdout }).toEqual({ exitCode: 68, stdout: '' });
  expect(stderr).toMatch(/\[missing\.code\]$/m);
  expect(stderr).toMatch(/^next {2}lab explain/m);
  return stderr;
}

/** What stands at the beginning of the indented lines of a list. */
const codesOf = (list: string): string[] => [...list.matchAll(/^ {2}(\S+)/gm)].map((match) => match[1] ?? '');

describe('lab explain CODE', () => {
  it('prints code, exit code, meaning and remedy, on lines of at most 100 characters', async () => {
    const text = await explain('state.quorum');
    const [head = '', blank, ...rest] = text.split('\n');
    expect(head).toBe('state.quorum (exit code 74: the lab is not in a state that allows this)');
    expect(blank).toBe('');
    expect(rest.join('\n')).toMatch(/^means {2}etcd [^]*\nnext {3}`lab up`/);
    expect(text.split('\n').filter((line) => line.length > 100)).toEqual([]);
    const entry = listedErrors.find(({ code }) => code === 'state.quorum');
    expect(rest.join(' ').replace(/\s+/g, ' ')).toBe(`means ${entry?.means} next ${entry?.remedy}`);
  });

  it('leaves a command on one line, however long, to be copied', async () => {
    expect(await explain('host.kernel-inotify')).toMatch(/^next {3}`echo .* && sysctl -p .*`$/m);
  });

  it('takes the code as it stands in an error, in brackets', async () => {
    expect(await explain('[host.memory]')).toBe(await explain('host.memory'));
  });

  it('has an entry for a code whose detail is open-ended', async () => {
    expect(await explain('command.tar')).toMatch(/^command\.\* \(exit code 76/);
    expect(await explain('command.buildah')).toMatch(/^command\.buildah \(exit code 76/);
  });

  it('--json has the same, for one and for many', async () => {
    const one = JSON.parse(await explain('state.quorum', '--json')) as Record<string, unknown>;
    expect(one).toEqual(listedErrors.find(({ code }) => code === 'state.quorum'));
    expect(one).toMatchObject({ code: 'state.quorum', family: 'state', exitCode: 74 });
    expect(JSON.parse(await explain('busy', '--json'))).toEqual(listedErrors.filter(({ family }) => family === 'busy'));
    expect(JSON.parse(await explain('--json'))).toEqual(listedErrors);
  });

  it('needs no configuration that can be read, and leaves nothing on the host', async () => {
    lab.write({ rb: '$num_instances = foo()\n', toml: '[[[' });
    expect(await explain('config.toml')).toMatch(/^config\.toml/);
    lab.write();
    expect(lab.leftovers()).toEqual([]);
  });
});

describe('a list', () => {
  it('without a word: the families, on half a screen', async () => {
    const text = await explain();
    const lines = text.split('\n');
    expect(lines.length).toBeLessThan(24);
    for (const [family, exitCode] of Object.entries(exitCodes)) {
      const many = listedErrors.filter((one) => one.family === family).length;
      if (many > 0)
        expect(lines.map((line) => line.split(/ +/).slice(0, 3).join(' '))).toContain(`${family} ${exitCode} ${many}`);
    }
    expect(text).toContain(`lab explain --all        all ${listedErrors.length} codes`);
  });

  it('--all: every code, by family, each on one line', async () => {
    const text = await explain('--all');
    expect(codesOf(text)).toEqual(listedErrors.map(({ code }) => code));
    for (const [family, exitCode] of Object.entries(exitCodes))
      expect(text).toContain(`\n${family}, exit code ${exitCode}`.slice(family === 'usage' ? 1 : 0));
  });

  it('of a family, and of an exit code, is the same', async () => {
    const text = await explain('host');
    expect(codesOf(text)).toContain('host.memory');
    expect(codesOf(text).filter((code) => !code.startsWith('host.'))).toEqual([]);
    expect(await explain('69')).toBe(text);
  });

  it('in a terminal no line is longer than it is wide', async () => {
    const line = `stty cols 60 rows 40; ${join(repoDir, 'lab')} explain --all; ${join(repoDir, 'lab')} explain host.node`;
    const { stdout } = await execa('script', ['-qec', line, '/dev/null'], {
      stdin: 'ignore',
      env: { NO_COLOR: '1', FORCE_COLOR: undefined },
    });
    const lines = stdout.split(/\r?\n/).filter((text) => text !== '');
    expect(lines.length).toBeGreaterThan(200);
    // Heads of families and of the entry are whole.
    expect(lines.filter((text) => text.length > 60 && !/exit code/.test(text))).toEqual([]);
  });
});

describe('what there is no entry for', () => {
  it.each([
    ['state.quorun', 'state.quorum'],
    ['quorum', 'state.quorum'],
    ['memory', 'host.memory'],
    ['memry', 'config.memory'],
    ['host.quorum', 'state.quorum'],
    ['hots', undefined],
  ])('%s: 68, naming what is near', async (word, near) => {
    const stderr = await refusal(word);
    expect(stderr).toContain(word);
    if (near !== undefined) expect(stderr).toContain(near);
  });

  it.each(['0', '1', '2', '99'])('exit code %s: 68, saying what a scenario ends with', async (word) => {
    expect(await refusal(word)).toContain('pass, fail, unknown');
  });

  it('is JSON for a program that asks for JSON', async () => {
    const { exitCode, stderr } = await lab.run('explain', 'no.such', '--json');
    expect(exitCode).toBe(68);
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'missing.code', exitCode: 68 } });
  });
});

describe('where it is told of', () => {
  it('lab --help, the README and docs/errors.md', async () => {
    expect((await lab.run('--help')).stdout).toMatch(/^ {2}explain /m);
    expect(readFileSync(join(repoDir, 'README.md'), 'utf8')).toContain('`./lab explain CODE`');
    expect(readFileSync(join(repoDir, 'docs/errors.md'), 'utf8')).toContain('`lab explain CODE`');
  });

  it('an error, in a terminal; a pipe has only cause and next', async () => {
    const env = { NO_COLOR: '1', FORCE_COLOR: undefined, LAB_CONFIG_DIR: lab.dir };
    const { stdout } = await execa('script', ['-qec', `${join(repoDir, 'lab')} ssh core-09`, '/dev/null'], {
      stdin: 'ignore',
      reject: false,
      env,
    });
    expect(stdout).toMatch(/^more {2}lab explain missing\.machine\r?$/m);
    expect((await lab.run('ssh', 'core-09')).stderr).not.toContain('lab explain');
  });
});

it('works for a user who is not root', async () => {
  const program = join(repoDir, 'dist/cli/main.cjs');
  // The checkout may lie where only root may read.
  const readable = ['--inh-caps=+dac_override', '--ambient-caps=+dac_override'];
  const user = ['--reuid=65534', '--regid=65534', '--clear-groups', ...readable];
  const args = [...user, process.execPath, program, 'explain', 'busy.lab'];
  const result = await execa('setpriv', args, {
    env: { LAB_ROOT: repoDir, NO_COLOR: '1', FORCE_COLOR: undefined },
    reject: false,
  });
  expect(result).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^busy\.lab/) as string });
});
