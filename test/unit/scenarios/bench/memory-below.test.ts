import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { memoryBelow } from '#scenarios/bench/memory-below.ts';

it("counts what a process's children hold, and nothing of a process that is gone", async () => {
  const MB = 1024 * 1024;
  const hold = `const held = Buffer.alloc(${64 * MB}, 1); process.stdout.write('held'); setInterval(() => held.length, 1e6)`;
  const shell = spawn('sh', ['-c', `"$0" -e "$1" & wait`, process.execPath, hold], {
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  });
  const { pid = 0 } = shell;
  await once(shell.stdout, 'data');
  const size = await memoryBelow(pid);
  expect(size).toBeGreaterThan(64 * MB);
  expect(size).toBeLessThan(256 * MB);
  const ended = once(shell, 'exit');
  // Its whole process group: the shell does not hand a signal on.
  process.kill(-pid, 'SIGKILL');
  await ended;
  await expect.poll(() => memoryBelow(pid)).toBe(0);
});
