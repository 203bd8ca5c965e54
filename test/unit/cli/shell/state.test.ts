import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { machineInitPid } from '#provision/machines/cgroup/machine-init.ts';
import { hostHierarchies } from '#provision/machines/cgroup/hierarchies.ts';
import { TypedInShell } from './typed-in-shell.ts';

const name = `shellst${process.env['VITEST_POOL_ID'] ?? ''}`;
const state = 'sh "$LAB_SHELL_HOME/state.sh"';

let typed: TypedInShell;
beforeEach(() => {
  typed = new TypedInShell(name);
});
afterEach(() => typed.remove());

it('a lab without a machine that runs is down, whatever disks it has', async () => {
  expect((await typed.type(state)).out).toBe(`${name} 0/3 down`);
  typed.disk('core-01');
  expect((await typed.type(state)).out).toBe(`${name} 0/3 down`);
});

it('of virtual machines it claims nothing', async () => {
  typed.write('provider', 'vagrant\n');
  expect((await typed.type(state)).out).toBe(`${name} (vagrant)`);
});

const mounts = ['/sys/fs/cgroup', '/sys/fs/cgroup/systemd', '/sys/fs/cgroup/unified'];
const mount = mounts.find((path) => existsSync(join(path, 'cgroup.procs')));

it.runIf(process.getuid?.() === 0 && mount !== undefined)(
  'a machine runs while its PID 1 is in its cgroup; the others are named, with what they are',
  async () => {
    const levels = ['coreos-lab', name, 'core-01', 'machine', 'payload', 'init.scope'];
    const paths = levels.map((_, index) => join(mount ?? '', ...levels.slice(0, index + 1)));
    const made = paths.filter((path) => !existsSync(path));
    const child = spawn('sleep', ['60'], { stdio: 'ignore' });
    try {
      for (const path of made) mkdirSync(path);
      writeFileSync(join(paths.at(-1) ?? '', 'cgroup.procs'), `${child.pid}`);
      typed.disk('core-01');
      typed.disk('core-02');
      expect((await typed.type(state)).out).toBe(`${name} 1/3 core-02 halted, core-03 absent`);
      const read = '. "$LAB_SHELL_HOME/lab-shell.sh"; lab_pid core-01; echo; lab_endpoints 2379';
      expect((await typed.type(read)).out).toBe(`${child.pid}\nhttp://172.17.8.101:2379`);
      expect(await machineInitPid(await hostHierarchies(), `coreos-lab/${name}/core-01`)).toBe(child.pid);
    } finally {
      child.kill();
      await once(child, 'exit');
      for (const path of made.toReversed()) rmdirSync(path);
    }
    expect((await typed.type(state)).out).toBe(`${name} 0/3 down`);
    expect(await machineInitPid(await hostHierarchies(), `coreos-lab/${name}/core-01`)).toBeUndefined();
  },
);

it.each([
  ['ssh co', '_lab_ssh', 'core-01 core-02 core-03'],
  ['vagrant ha', '_lab_vagrant', 'halt'],
  ['vagrant halt core-02', '_lab_vagrant', 'core-02'],
  ['fleetctl list-', '_lab_fleetctl', 'list-machines list-unit-files list-units'],
  ['lab scenario f', '_lab_lab', 'failover'],
  ['lab ssh core-0', '_lab_lab', 'core-01 core-02 core-03'],
  ['lab fleetctl jo', '_lab_lab', 'journal'],
])('completes %j', async (line, completer, offered) => {
  const words = line.split(' ');
  const set = `COMP_WORDS=(${words.join(' ')}); COMP_CWORD=${words.length - 1}; ${completer}; echo "\${COMPREPLY[*]}"`;
  expect((await typed.type(`. "$LAB_SHELL_HOME/completion.bash"; ${set}`)).out).toBe(offered);
});
