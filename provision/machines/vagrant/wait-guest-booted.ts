import type { ExecResult } from '../machine-provider.ts';
import { waitUntil } from '../wait-until.ts';
import { sshFailed } from './guest-shell.ts';

/**
 * Waits until a guest lets in user core and its systemd has booted.
 * @param guest `exec` runs a command as root in it; it may reject while there is no way in
 * @returns whether every unit of it started
 * @throws LabError `timeout.condition`
 */
export async function waitGuestBooted(guest: {
  machine: string;
  deadlineMs: number;
  exec: (argv: readonly string[]) => Promise<ExecResult>;
  serialLog: string;
}): Promise<'running' | 'degraded'> {
  const { machine, deadlineMs, exec, serialLog } = guest;
  let last: ExecResult | undefined;
  await waitUntil({
    condition: `${machine} lets in user core by SSH and its systemd has booted`,
    deadlineMs,
    everyMs: 250,
    evidence: () => (last === undefined ? [] : last.stderr.split('\n').filter(Boolean).slice(-5)),
    next: `look at ${serialLog}, or: vagrant ssh ${machine}`,
    check: async () => {
      last = await exec(['systemctl', 'is-system-running', '--wait']).catch(() => undefined);
      return last !== undefined && last.exitCode !== sshFailed;
    },
  });
  return last?.stdout.trim() === 'running' ? 'running' : 'degraded';
}
