import { basename } from 'node:path';
import { execa, ExecaError } from 'execa';
import { LabError } from '#errors/lab-error.ts';
import { statedSeconds } from '#errors/seconds.ts';

export interface ContainedCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly deadlineMs: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly onLine?: (line: string) => void;
  /** Directory bound over /var/lib/containers, which buildah uses for a cache whose place it does not let one choose. */
  readonly containersDir?: string;
  /** For the error: what it was to do, and what to try next. */
  readonly purpose: string;
  readonly next: string;
}

/**
 * Runs a command as root that cannot outlive this process and leaves no mount behind: it lives in mount and process
 * namespaces of its own, and the kernel kills all of it when this process ends, however it ends.
 * @returns its output lines, both streams in order
 * @throws LabError `host.missing-program`, or `command.<program>` with its last 20 output lines
 */
export async function runContained(command: ContainedCommand): Promise<string[]> {
  const lines: string[] = [];
  const child = execa('setpriv', ['--pdeathsig', 'KILL', ...unshare(command), command.program, ...command.args], {
    all: true,
    stdin: 'ignore',
    timeout: command.deadlineMs,
    // unshare ignores SIGTERM while it waits for its child.
    killSignal: 'SIGKILL',
    ...(command.env === undefined ? {} : { env: command.env }),
  });
  try {
    for await (const line of child.iterable({ from: 'all' })) {
      lines.push(line);
      command.onLine?.(line);
    }
    await child;
    return lines;
  } catch (error) {
    throw failure(command, lines, error);
  }
}

function unshare({ containersDir }: ContainedCommand): string[] {
  const namespaces = ['unshare', '--mount', '--pid', '--fork', '--kill-child=KILL', '--mount-proc'];
  if (containersDir === undefined) return namespaces;
  const bind = 'mount --bind "$0" /var/lib/containers && exec "$@"';
  return [...namespaces, 'sh', '-c', bind, containersDir];
}

function failure(command: ContainedCommand, lines: readonly string[], error: unknown): LabError {
  const evidence = lines.slice(-20);
  if (!(error instanceof ExecaError)) {
    return new LabError({
      code: 'internal.command',
      cause: `${command.program}: ${String(error)}`,
      next: command.next,
    });
  }
  if (error.code === 'ENOENT' || error.exitCode === 127) {
    return new LabError({
      code: 'host.missing-program',
      cause: `${command.purpose} needs ${command.program}, which is not installed`,
      evidence,
      next: `apt-get install --no-install-recommends ${command.program}`,
      error,
    });
  }
  const how = error.timedOut
    ? `took longer than ${statedSeconds(command.deadlineMs)}`
    : `failed (${error.signal ?? `exit code ${error.exitCode}`})`;
  return new LabError({
    code: `command.${basename(command.program)}`,
    cause: `${command.program} ${how}: ${command.purpose}`,
    evidence,
    next: command.next,
    error,
  });
}
