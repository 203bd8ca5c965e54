import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { statedSeconds } from '#errors/seconds.ts';
import { shellWords } from '../../host/shell-word.ts';
import type { ExecResult } from '../machine-provider.ts';
import type { SshPlace } from './hypervisor.ts';

const outputLimitBytes = 64 * 1024 * 1024;
/** For the connection and the server's first words, and for a sign of life later; a slow guest has as many times longer. */
const connectS = 10;
const aliveS = 5;
/** ssh(1): its own failures end with this code. */
export const sshFailed = 255;

export interface GuestShellOptions {
  readonly place: SshPlace;
  /** Of a process in the lab's namespaces. */
  readonly namespacePid: number;
  /** File of the private key. */
  readonly key: string;
  /** For the kept connection's socket. */
  readonly socketDir: string;
  /** How many times longer than elsewhere a connection may take. */
  readonly stretch: number;
}

/**
 * Root commands on one guest by SSH over its first interface, so that they work while the guest is parted from the lab's
 * bridge. One connection is kept for all of them: under emulation a handshake costs seconds. It lives in the lab's
 * namespaces and dies with them.
 */
export class GuestShell {
  readonly #options: GuestShellOptions;

  constructor(options: GuestShellOptions) {
    this.#options = options;
  }

  /** The command's own exit code; `sshFailed` when the guest was not reached. */
  async run(argv: readonly string[], deadlineMs: number): Promise<ExecResult> {
    await this.#connect();
    const command = shellWords(['sudo', '--non-interactive', 'LANG=C.UTF-8', ...argv]);
    const result = await execa(
      'nsenter',
      [...this.#inNamespace, 'ssh', ...this.#sshOptions, this.#login, '--', command],
      {
        reject: false,
        stdin: 'ignore',
        timeout: deadlineMs,
        maxBuffer: outputLimitBytes,
        stripFinalNewline: false,
      },
    );
    return {
      exitCode: result.exitCode ?? (result.timedOut ? 124 : 125),
      stdout: result.stdout,
      stderr: result.timedOut ? `${result.stderr}\nno end within ${statedSeconds(deadlineMs)}` : result.stderr,
    };
  }

  /** Forgets the kept connection: the guest behind it is gone. */
  async forget(): Promise<void> {
    await execa('ssh', [...this.#sshOptions, '-O', 'exit', this.#login], { reject: false, stdio: 'ignore' });
  }

  async #connect(): Promise<void> {
    await mkdir(this.#options.socketDir, { recursive: true, mode: 0o700 });
    const check = await execa('ssh', [...this.#sshOptions, '-O', 'check', this.#login], {
      reject: false,
      stdio: 'ignore',
    });
    if (check.exitCode === 0) return;
    // No pipe may be handed down: the connection that stays would hold it open. A failure shows in the command itself.
    await execa(
      'nsenter',
      [
        ...this.#inNamespace,
        'ssh',
        ...this.#sshOptions,
        '-o',
        'ControlMaster=auto',
        '-o',
        'ControlPersist=300',
        '-f',
        '-N',
        this.#login,
      ],
      { reject: false, stdio: 'ignore', timeout: (this.#times(connectS) + 5) * 1000 },
    );
  }

  get #inNamespace(): string[] {
    const { namespacePid, place } = this.#options;
    // Into its PID namespace in any case, so that the connection ends with the lab.
    return ['-t', String(namespacePid), ...(place.network === 'lab' ? ['-n'] : []), '-p', '--'];
  }

  #times(seconds: number): number {
    return Math.ceil(seconds * this.#options.stretch);
  }

  get #login(): string {
    return `core@${this.#options.place.address}`;
  }

  get #sshOptions(): string[] {
    const { key, socketDir, place } = this.#options;
    const options = [
      'IdentitiesOnly=yes',
      'StrictHostKeyChecking=no',
      'UserKnownHostsFile=/dev/null',
      'LogLevel=ERROR',
      'BatchMode=yes',
      `ConnectTimeout=${this.#times(connectS)}`,
      `ServerAliveInterval=${this.#times(aliveS)}`,
      'ServerAliveCountMax=2',
      `ControlPath=${join(socketDir, '%h-%p')}`,
    ];
    return ['-F', '/dev/null', '-p', String(place.port), '-i', key, ...options.flatMap((option) => ['-o', option])];
  }
}
