import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LabError } from '#errors/lab-error.ts';
import { waitUntil } from '#provision/machines/wait-until.ts';
import { freePorts } from '../../support/free-ports.ts';
import type { BaseDisk } from './base-disk.ts';
import { GuestShell, writeSshConfig } from './guest-shell.ts';
import { Qemu } from './qemu.ts';

export interface GuestOptions {
  readonly base: BaseDisk;
  /** The disk with packages and caches. */
  readonly stores: string;
  readonly memoryMb?: number;
  readonly cpus?: number;
}

const bootDeadlineMs = 5 * 60_000;

/** An ordinary host, emulated by QEMU: its disks are changed copies, so every boot starts from the same state. */
export class HostGuest extends GuestShell {
  readonly #directory: string;
  readonly #qemu: Qemu;

  private constructor(directory: string, config: string, qemu: Qemu) {
    super(config, () => qemu.console());
    this.#directory = directory;
    this.#qemu = qemu;
  }

  /**
   * Boots a guest and waits until its boot is over.
   * @throws LabError `timeout.condition` or `command.qemu`, with the last lines of its console
   */
  static async boot({ base, stores, memoryMb = 8192, cpus = 2 }: GuestOptions): Promise<HostGuest> {
    const directory = await mkdtemp(join(tmpdir(), 'coreos-lab-host-'));
    const [sshPort = 0] = await freePorts(1);
    const config = await writeSshConfig(directory, base.sshKey, sshPort);
    const qemu = await Qemu.start({ base, disks: [base.disk, stores], memoryMb, cpus, sshPort, directory });
    const guest = new HostGuest(directory, config, qemu);
    try {
      await guest.#booted();
    } catch (error) {
      await guest.kill();
      throw error;
    }
    return guest;
  }

  /** QEMU's process, and where its console's log is. */
  get qemu(): { readonly pid: number; readonly console: string } {
    return { pid: this.#qemu.pid, console: join(this.#directory, 'console.log') };
  }

  /** Reboots as a person would, and waits until the new boot is over. @throws LabError as boot does */
  async reboot(): Promise<void> {
    const before = await this.#bootId();
    await this.#lastCommand('systemctl reboot');
    await this.#restarted(before);
  }

  /** Reboots as after a power cut: nothing in the guest is asked or told. @throws LabError as boot does */
  async reset(): Promise<void> {
    const before = await this.#bootId();
    await this.#qemu.command('system_reset');
    await this.#restarted(before);
  }

  /** Shuts down as a person would. @throws LabError `timeout.condition` */
  async powerOff(): Promise<void> {
    await this.#lastCommand('systemctl poweroff');
    await waitUntil({
      condition: 'the guest has switched itself off',
      deadlineMs: 180_000,
      everyMs: 500,
      check: () => !this.#qemu.running,
      evidence: () => this.#qemu.console(),
      next: this.sshCommand,
    });
    await this.kill();
  }

  /** Ends it at once, and removes what it wrote. */
  async kill(): Promise<void> {
    await this.disconnect();
    await this.#qemu.kill();
    await rm(this.#directory, { recursive: true, force: true });
  }

  /** A command that may take the connection with it before it is answered. */
  async #lastCommand(command: string): Promise<void> {
    await this.run(command).catch((error: unknown) => {
      if (!(error instanceof LabError && error.code === 'command.ssh')) throw error;
    });
  }

  async #restarted(before: string): Promise<void> {
    await this.disconnect();
    await this.#until('the guest has another boot_id', async () => {
      const id = await this.#bootId().catch(() => before);
      return id !== before;
    });
    await this.#booted();
  }

  async #booted(): Promise<void> {
    await this.#until('the guest answers by ssh', async () => (await this.#bootId().catch(() => '')) !== '');
    await this.#until('the guest has finished booting', async () => {
      const { stdout } = await this.run('systemctl is-system-running --wait', { deadlineMs: bootDeadlineMs });
      return ['running', 'degraded'].includes(stdout);
    });
  }

  async #bootId(): Promise<string> {
    return (await this.run('cat /proc/sys/kernel/random/boot_id', { deadlineMs: 20_000 })).stdout;
  }

  async #until(condition: string, holds: () => Promise<boolean>): Promise<void> {
    await waitUntil({
      condition,
      deadlineMs: bootDeadlineMs,
      everyMs: 500,
      next: `look at ${this.qemu.console}`,
      check: async () => (await holds()) || this.#stillRuns(condition),
      evidence: () => this.#qemu.console(),
    });
  }

  async #stillRuns(condition: string): Promise<false> {
    if (this.#qemu.running) return false;
    throw new LabError({
      code: 'command.qemu',
      cause: `QEMU ended before this was true: ${condition}`,
      evidence: [...this.#qemu.console(), ...(await this.#qemu.ended).trim().split('\n')],
      next: 'df -h; free',
    });
  }
}
