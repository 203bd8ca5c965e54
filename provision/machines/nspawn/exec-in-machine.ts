import { execa } from 'execa';
import { statedSeconds } from '#errors/seconds.ts';
import type { ExecResult } from '../machine-provider.ts';

const outputLimitBytes = 16 * 1024 * 1024;

/**
 * Runs a command in a machine as a child of the machine's own PID 1: in its cgroup, with its capabilities and its
 * system call filter. A bare nsenter would have none of the three (it enters the cgroup namespace, not the cgroup).
 */
export async function execInMachine(initPid: number, argv: readonly string[], timeoutMs: number): Promise<ExecResult> {
  const result = await execa(
    'nsenter',
    [
      '-t',
      String(initPid),
      '-m',
      '-u',
      '-i',
      '-n',
      '-p',
      '-C',
      '--',
      'systemd-run',
      '--pipe',
      '--wait',
      '--quiet',
      '--collect',
      '--service-type=exec',
      '--setenv=LANG=C.UTF-8',
      '--',
      ...argv,
    ],
    { reject: false, stdin: 'ignore', timeout: timeoutMs, maxBuffer: outputLimitBytes, stripFinalNewline: false },
  );
  return {
    exitCode: result.exitCode ?? (result.timedOut ? 124 : 125),
    stdout: result.stdout,
    stderr: result.timedOut ? `${result.stderr}\nno end within ${statedSeconds(timeoutMs)}` : result.stderr,
  };
}
