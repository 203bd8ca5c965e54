import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MachineState } from '#provision/machines/machine-provider.ts';
import { freePorts } from '#test/support/free-ports.ts';
import { endForwards, refuseTakenPorts, toBeBooted } from '#provision/machines/vagrant/host-ports.ts';

/** A port that some process of this host listens on. */
async function listener() {
  const [port = 0] = await freePorts(1);
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  return { port, server };
}

describe('a port that a machine will have', () => {
  it('is refused with who has it, before anything is made; free again, it is not', async () => {
    const { port, server } = await listener();
    const ports = [{ guest: 8091, host: port, hostAddress: '127.0.0.1' }];
    await expect(refuseTakenPorts('core-01', ports)).rejects.toMatchObject({
      code: 'busy.port',
      message: expect.stringMatching(
        new RegExp(
          `^port ${port} of this host, for port 8091 of core-01, is taken by .+ \\(process ${process.pid}\\)$`,
        ),
      ) as string,
    });
    // At every address it would meet the one that is taken.
    await expect(refuseTakenPorts('core-01', [{ guest: 8091, host: port }])).rejects.toMatchObject({
      code: 'busy.port',
    });
    server.close();
    await once(server, 'close');
    await refuseTakenPorts('core-01', ports);
  });
});

describe('the machines whose ports are looked at', () => {
  const lab = (...states: MachineState[]) => states.map((state, i) => ({ name: `core-0${i + 1}`, state }));

  it('are all of a new lab, else those that will be booted and do not run', () => {
    expect(toBeBooted(lab('absent', 'absent'), ['core-01'])).toEqual(['core-01', 'core-02']);
    expect(toBeBooted(lab('running', 'absent', 'stopped'), ['core-01', 'core-03'])).toEqual(['core-03']);
    expect(toBeBooted(lab('running', 'absent'), [])).toEqual([]);
  });
});

describe('what a guest that ended otherwise left forwarding', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'lab-forwards-'));
    mkdirSync(join(dir, 'pids'));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  it('is ended, and a process that only has its number is not', async () => {
    const sleeper = (argv0: string) =>
      spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)', '--', '-L', '8091:x:8091'], {
        argv0,
        stdio: 'ignore',
      });
    const [forward, other] = [sleeper('ssh'), sleeper('other')];
    try {
      await Promise.all([once(forward, 'spawn'), once(other, 'spawn')]);
      writeFileSync(join(dir, 'pids/ssh_8091.pid'), String(forward.pid));
      writeFileSync(join(dir, 'pids/ssh_8092.pid'), `${other.pid}\n`);
      const ended = once(forward, 'exit');
      await endForwards(dir);
      expect((await ended)[1]).toBe('SIGTERM');
      expect(other.exitCode).toBeNull();
      expect(existsSync(join(dir, 'pids/ssh_8091.pid'))).toBe(false);
      await endForwards(join(dir, 'none'));
    } finally {
      for (const child of [forward, other]) child.kill('SIGKILL');
    }
  });
});
