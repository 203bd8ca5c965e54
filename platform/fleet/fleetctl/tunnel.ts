import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LabError } from '#errors/lab-error.ts';

/**
 * Reaches fleet's socket on another machine through the system's ssh.
 * @param where `host` or `host:port`
 * @returns the local endpoint, and how to close the tunnel
 * @throws LabError `state.tunnel` when it is not there within 15 s
 */
export async function openTunnel(
  where: string,
  user: string,
  options: readonly string[],
): Promise<{ endpoint: string; close(): void }> {
  const [, host = where, port = '22'] = /^(.*?):(\d+)$/.exec(where) ?? [];
  const directory = mkdtempSync(join(tmpdir(), 'fleetctl-'));
  const socket = join(directory, 'fleet.sock');
  const args = [
    ...options,
    '-o',
    'ExitOnForwardFailure=yes',
    '-N',
    '-p',
    port,
    '-L',
    `${socket}:/run/fleet.sock`,
    `${user}@${host}`,
  ];
  const child = spawn('ssh', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  let ended = false;
  child.on('error', (error) => ((said += error.message), (ended = true))).on('close', () => (ended = true));
  const close = (): void => {
    child.kill();
    rmSync(directory, { recursive: true, force: true });
  };
  const until = performance.now() + 15_000;
  while (!existsSync(socket)) {
    if (ended || performance.now() > until) {
      close();
      throw new LabError({
        code: 'state.tunnel',
        cause: `no ssh tunnel to ${where}`,
        evidence: said
          .split('\n')
          .filter((line) => line.trim() !== '')
          .slice(-5),
        next: `ssh -p ${port} ${user}@${host} true`,
      });
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return { endpoint: `unix://${socket}`, close };
}
