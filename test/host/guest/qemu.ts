import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { once } from 'node:events';
import { execa } from 'execa';
import type { BaseDisk } from './base-disk.ts';

export interface Hardware {
  readonly base: BaseDisk;
  /** Raw disks to start from; what the guest writes goes into the directory. */
  readonly disks: readonly string[];
  readonly memoryMb: number;
  readonly cpus: number;
  /** Of loopback, to the guest's port 22. */
  readonly sshPort: number;
  /** Of its console's log, its disks' changes and its control socket. */
  readonly directory: string;
}

/** One run of QEMU, which ends when this process does, however it ends. */
export class Qemu {
  readonly pid: number;
  /** Settles when it has ended: with its last words. */
  readonly ended: Promise<string>;
  running = true;
  readonly #directory: string;

  private constructor(pid: number, ended: Promise<string>, directory: string) {
    this.pid = pid;
    this.ended = ended.then((words) => {
      this.running = false;
      return words;
    });
    this.#directory = directory;
  }

  /** Switches the machine on. @throws ExecaError when there is no QEMU, or no qemu-img */
  static async start(hardware: Hardware): Promise<Qemu> {
    const { directory } = hardware;
    const overlays = hardware.disks.map((_, i) => join(directory, `disk${i}.qcow2`));
    for (const [i, disk] of hardware.disks.entries())
      await execa('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', disk, '-F', 'raw', overlays[i] ?? '']);
    const child = execa('setpriv', ['--pdeathsig', 'KILL', 'qemu-system-x86_64', ...options(hardware, overlays)], {
      reject: false,
      stdin: 'ignore',
      all: true,
    });
    const ended = child.then(
      ({ all, exitCode, signal }) => `${all}\nQEMU ended (${signal ?? `exit code ${exitCode}`})`,
    );
    if (child.pid === undefined) throw new Error((await ended).trim());
    return new Qemu(child.pid, ended, directory);
  }

  /** The newest lines of the guest's serial console, oldest first. */
  console(lines = 15): string[] {
    const text = readFileSync(join(this.#directory, 'console.log'), { encoding: 'utf8', flag: 'a+' });

    const plain = text.replace(/\x1b(?:\[[0-9;?]*[A-Za-z]|.)|\r/g, '');
    return plain.split('\n').filter(Boolean).slice(-lines);
  }

  /** A command of QEMU's machine protocol (QMP), such as `system_reset`. @returns its answer */
  async command(execute: string): Promise<unknown> {
    const socket = connect(join(this.#directory, 'qmp.sock'));
    try {
      await once(socket, 'connect');
      for (const one of ['qmp_capabilities', execute]) socket.write(`${JSON.stringify({ execute: one, id: one })}\n`);
      for await (const line of createInterface(socket)) {
        const reply = JSON.parse(line) as { id?: string; return?: unknown; error?: { desc: string } };
        if (reply.error !== undefined) throw new Error(`${execute}: ${reply.error.desc}`);
        if (reply.id === execute) return reply.return;
      }
      throw new Error(`${execute}: no answer`);
    } finally {
      socket.destroy();
    }
  }

  /** Pulls the plug. */
  async kill(): Promise<void> {
    if (this.running) process.kill(this.pid, 'SIGKILL');
    await this.ended;
  }
}

function options({ base, memoryMb, cpus, sshPort, directory }: Hardware, overlays: readonly string[]): string[] {
  // Nothing leaves the guest, and only ssh gets in. IPv6 would be given it by the emulated network, and lead nowhere.
  const network = `user,model=virtio-net-pci,restrict=on,ipv6=off,hostfwd=tcp:127.0.0.1:${sshPort}-:22`;
  return [
    '-nodefaults',
    '-no-user-config',
    '-display',
    'none',
    '-machine',
    'pc',
    '-smp',
    String(cpus),
    '-accel',
    'tcg,thread=multi,tb-size=1024',
    '-cpu',
    'Nehalem',
    '-m',
    `${memoryMb}M`,
    // With the mitigations, each system call would empty the emulator's cache of page tables.
    '-kernel',
    base.kernel,
    '-initrd',
    base.initrd,
    '-append',
    'root=/dev/vda rw console=ttyS0 quiet mitigations=off',
    ...overlays.flatMap((file) => ['-drive', `file=${file},if=virtio,cache=unsafe,discard=unmap`]),
    '-nic',
    network,
    '-device',
    'virtio-rng-pci',
    '-serial',
    `file:${join(directory, 'console.log')}`,
    '-qmp',
    `unix:${join(directory, 'qmp.sock')},server=on,wait=off`,
  ];
}
