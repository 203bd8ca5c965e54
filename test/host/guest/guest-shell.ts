import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { LabError } from '#errors/lab-error.ts';

export interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly deadlineMs?: number;
  /** Called with each line of either stream as it comes. */
  readonly onLine?: (line: string) => void;
  /** For its standard input. */
  readonly input?: Uint8Array;
  /** By a login of its own, which ends with the command. */
  readonly login?: boolean;
}

/** A root shell in a guest, by ssh. */
export class GuestShell {
  /** ssh's configuration, which knows the guest as `host`. */
  readonly #config: string;
  readonly #lastWords: () => string[];

  /** @param lastWords what the guest's console said last, for errors */
  constructor(config: string, lastWords: () => string[]) {
    this.#config = config;
    this.#lastWords = lastWords;
  }

  /** What a person types to log in. */
  get sshCommand(): string {
    return `ssh -F ${this.#config} host`;
  }

  /**
   * Runs a shell command as root, whatever its exit code. When the deadline passes, the command itself may go on.
   * @throws LabError `timeout.condition` or, without a connection, `command.ssh`; with the guest's last words
   */
  async run(command: string, { deadlineMs = 120_000, onLine, input, login }: RunOptions = {}): Promise<Outcome> {
    const last: string[] = [];
    const watch = function* (line: unknown) {
      last.push(String(line));
      if (last.length > 15) last.shift();
      onLine?.(String(line));
      yield line;
    };
    const { exitCode, stdout, stderr, timedOut } = await execa('ssh', this.#ssh(command, login), {
      reject: false,
      timeout: deadlineMs,
      stdout: watch,
      stderr: watch,
      ...(input === undefined ? { stdin: 'ignore' as const } : { input }),
    });
    if (!timedOut && exitCode !== undefined && exitCode !== 255) return { exitCode, stdout, stderr };
    throw new LabError({
      code: timedOut ? 'timeout.condition' : 'command.ssh',
      cause: timedOut ? `not done within ${deadlineMs / 1000} s: ${command}` : `no connection for: ${command}`,
      evidence: [...last, ...this.#lastWords().map((line) => `console: ${line}`)],
      next: this.sshCommand,
    });
  }

  /** Standard output of a command that must succeed. @throws LabError as run does, and `command.guest` */
  async ask(command: string, options: RunOptions = {}): Promise<string> {
    const { exitCode, stdout, stderr } = await this.run(command, options);
    if (exitCode === 0) return stdout;
    throw new LabError({
      code: 'command.guest',
      cause: `exit code ${exitCode} in the guest: ${command}`,
      evidence: [...stdout.split('\n'), ...stderr.split('\n')].filter(Boolean).slice(-15),
      next: this.sshCommand,
    });
  }

  /** Copies a file or directory of the guest into a directory of the host. */
  async copyOut(guestPath: string, directory: string): Promise<void> {
    await mkdir(directory, { recursive: true });
    const from = `tar -C "$(dirname '${guestPath}')" -cf - "$(basename '${guestPath}')"`;
    await execa('ssh', this.#ssh(from), { stdin: 'ignore' }).pipe('tar', ['-xf', '-', '-C', directory]);
  }

  /** Unpacks what a `tar -c` of the host writes, into a directory of the guest. */
  async unpack(tar: { cwd: string; args: readonly string[]; input: string }, guestDirectory: string): Promise<void> {
    const packing = execa('tar', ['-c', ...tar.args], { cwd: tar.cwd, input: tar.input });
    await packing.pipe('ssh', this.#ssh(`mkdir -p '${guestDirectory}' && tar -C '${guestDirectory}' -x`));
  }

  /** Forgets the connection, as before a reboot: it would hang until the guest is back, and then break. */
  protected async disconnect(): Promise<void> {
    await execa('ssh', ['-F', this.#config, '-O', 'exit', 'host'], { reject: false });
  }

  #ssh(command: string, login = false): string[] {
    return ['-F', this.#config, ...(login ? ['-o', 'ControlPath=none'] : []), 'host', '--', command];
  }
}

/**
 * Writes ssh's configuration for a guest into a directory. One connection serves all commands: under emulation, each new
 * one would take seconds of the guest's time.
 * @returns the file's path
 */
export async function writeSshConfig(directory: string, key: string, port: number): Promise<string> {
  const entries = {
    HostName: '127.0.0.1',
    Port: String(port),
    User: 'root',
    IdentityFile: key,
    IdentitiesOnly: 'yes',
    StrictHostKeyChecking: 'no',
    UserKnownHostsFile: '/dev/null',
    LogLevel: 'ERROR',
    ConnectTimeout: '10',
    ControlMaster: 'auto',
    ControlPath: join(directory, 'ssh'),
    ControlPersist: 'yes',
    ServerAliveInterval: '30',
    ServerAliveCountMax: '10',
    BatchMode: 'yes',
  };
  const lines = Object.entries(entries).map(([name, value]) => `  ${name} ${value}`);
  const file = join(directory, 'ssh_config');
  await writeFile(file, `Host host\n${lines.join('\n')}\n`);
  return file;
}
