import { readFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { isNamespaceInit } from '#provision/machines/nspawn/machine-process.ts';

const status = (pids: string) => `Name:\tsystemd\nNgid:\t0\nNSpid:\t${pids}\nNSpgid:\t1\n`;

it.each([
  ['PID 1 of a namespace below', '148\t1', true],
  ['PID 1 two levels below', '9021\t148\t1', true],
  ["nspawn's short-lived child, which is in the reader's namespace", '148', false],
  ["the reader's own PID 1", '1', false],
  ['a process of a namespace below that is not its PID 1', '149\t2', false],
  ['a PID that ends in 1', '148\t21', false],
])('%s', (_, pids, yes) => {
  expect(isNamespaceInit(status(pids))).toBe(yes);
});

it('has nothing to say of a process that has gone, or of a kernel without NSpid', () => {
  expect(isNamespaceInit('')).toBe(false);
  expect(isNamespaceInit('Name:\tsystemd\nPid:\t148\n')).toBe(false);
});

it.runIf(process.getuid?.() === 0)('tells a real PID 1 from the process that made its namespace', async () => {
  const outer = spawn('unshare', ['--pid', '--fork', '--kill-child', 'sh', '-c', 'echo up; exec sleep 60'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(outer.stdout, 'data');
  const inner = readFileSync(`/proc/${outer.pid}/task/${outer.pid}/children`, 'utf8').trim();
  expect(isNamespaceInit(readFileSync(`/proc/${inner}/status`, 'utf8'))).toBe(true);
  expect(isNamespaceInit(readFileSync(`/proc/${outer.pid}/status`, 'utf8'))).toBe(false);
  outer.kill('SIGKILL');
  await once(outer, 'exit');
});
