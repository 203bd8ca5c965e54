import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { LabError } from '../../../errors/lab-error.ts';
import { waitUntil } from '../../../provision/machines/wait-until.ts';
import type { BaseDisk } from './base-disk.ts';
import { freePort, Qemu } from './qemu.ts';
import { sshConfig } from './ssh-config.ts';

export interface GuestOptions {
  readonly base: BaseDisk;
  /** The disk with packages and caches. */
  readonly stores: string;
  readonly memoryMb?: number;
  readonly cpus?: number;
}

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
}

const bootDeadlineMs = 5 * 60_000;

/** An ordinary host, emulated by QEMU: its disks are changed copies, so every boot starts from the same state. */
export class HostGuest {
  readonly #directory: string;
  readonly #qemu: Qemu;

  private constructor(directory: string, qemu: Qemu) {
    this.#directory = directory;
    this.#qemu = qemu;
  }

  /**
   * Boots a guest and waits until its boot is over.
   * @throws LabError `timeout.condition` or `command.qemu`, with the last lines of its console
   */
  static async boot({ base, stores, memoryMb = 8192, cpus = 2 }: GuestOptions): Promise<HostGuest> {
    const directory = await mkdtemp(join(tmpdir(), 'coreos-lab-host-'));
    const sshPort = await freePort();
    await writeFile(join(directory, 'ssh_config'), sshConfig(directory, base.sshKey, sshPort));
    const qemu = await Qemu.start({ base, disks: [base.disk, stores], memoryMb, cpus, sshPort, directory });
    const guest = new HostGuest(directory, qemu);
    try {
      await guest.#booted();
    } catch (error) {
      await guest.kill();
      throw error;
    }
    return guest;
  }

  /** What a person types to log in. */
  get sshCommand(): string {
    return `ssh -F ${join(this.#directory, 'ssh_config')} host`;
  }

  /** QEMU's process, and where its console's log is. */
  get qemu(): { readonly pid: number; readonly console: string } {
    return { pid: this.#qemu.pid, console: join(this.#directory, 'console.log') };
  }

  /**
   * Runs a shell command as root, whatever its exit code. When the deadline passes, the command itself may go on.
   * @throws LabError `timeout.command` or, without a connection, `command.ssh`; with the guest's last words
   */
  async run(command: string, { deadlineMs = 120_000, onLine, input }: RunOptions = {}): Promise<Outcome> {
    const last: string[] = [];
    const watch = function* (line: unknown) {
      last.push(String(line));
      if (last.length > 15) last.shift();
      onLine?.(String(line));
      yield line;
    };
    const { exitCode, stdout, stderr, timedOut } = await execa('ssh', this.#ssh(command), {
      ...{ reject: false, timeout: deadlineMs, stdout: watch, stderr: watch },
      ...(input === undefined ? { stdin: 'ignore' as const } : { input }),
    });
    if (!timedOut && exitCode !== undefined && exitCode !== 255) return { exitCode, stdout, stderr };
    throw new LabError({
      code: timedOut ? 'timeout.command' : 'command.ssh',
      cause: timedOut ? `not done within ${deadlineMs / 1000} s: ${command}` : `no connection for: ${command}`,
      evidence: [...last, ...this.#qemu.console().map((line) => `console: ${line}`)],
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

  /** Reboots as a person would, and waits until the new boot is over. */
  async reboot(): Promise<void> {
    const before = await this.#bootId();
    await this.run('systemctl reboot').catch(() => undefined);
    await this.#restarted(before);
  }

  /** Reboots as after a power cut: nothing in the guest is asked or told. */
  async reset(): Promise<void> {
    const before = await this.#bootId();
    await this.run('sync');
    await this.#qemu.command('system_reset');
    await this.#restarted(before);
  }

  /** Shuts down as a person would. @throws LabError `timeout.condition` */
  async powerOff(): Promise<void> {
    await this.run('systemctl poweroff').catch(() => undefined);
    await waitUntil({
      ...{ condition: 'the guest has switched itself off', deadlineMs: 180_000, everyMs: 500, next: this.sshCommand },
      check: () => !this.#qemu.running,
      evidence: () => this.#qemu.console(),
    });
    await this.kill();
  }

  /** Ends it at once, and removes what it wrote. */
  async kill(): Promise<void> {
    await this.#disconnect();
    await this.#qemu.kill();
    await rm(this.#directory, { recursive: true, force: true });
  }

  async #restarted(before: string): Promise<void> {
    await this.#disconnect();
    const isNew = async () => {
      const id = await this.#bootId().catch(() => before);
      return id !== before;
    };
    await this.#until('the guest has another boot_id', bootDeadlineMs, isNew);
    await this.#booted();
  }

  async #booted(): Promise<void> {
    await this.#until(
      'the guest answers by ssh',
      bootDeadlineMs,
      async () => (await this.#bootId().catch(() => '')) !== '',
    );
    await this.#until('the guest has finished booting', bootDeadlineMs, async () => {
      const { stdout } = await this.run('systemctl is-system-running --wait', { deadlineMs: bootDeadlineMs });
      return ['running', 'degraded'].includes(stdout);
    });
  }

  async #bootId(): Promise<string> {
    return (await this.run('cat /proc/sys/kernel/random/boot_id', { deadlineMs: 20_000 })).stdout;
  }

  async #disconnect(): Promise<void> {
    await execa('ssh', ['-F', join(this.#directory, 'ssh_config'), '-O', 'exit', 'host'], { reject: false });
  }

  async #until(condition: string, deadlineMs: number, holds: () => Promise<boolean>): Promise<void> {
    await waitUntil({
      ...{ condition, deadlineMs, everyMs: 500, next: `look at ${this.qemu.console}` },
      check: async () => (await holds()) || this.#stillRuns(condition),
      evidence: () => this.#qemu.console(),
    });
  }

  async #stillRuns(condition: string): Promise<false> {
    if (this.#qemu.running) return false;
    const words = (await this.#qemu.ended).trim().split('\n');
    const cause = `QEMU ended before this was true: ${condition}`;
    throw new LabError({
      code: 'command.qemu',
      cause,
      evidence: [...this.#qemu.console(), ...words],
      next: 'df -h; free',
    });
  }

  #ssh(command: string): string[] {
    return ['-F', join(this.#directory, 'ssh_config'), 'host', '--', command];
  }
}
