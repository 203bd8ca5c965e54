import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { exitPort, goodExitCode, tinyGuestRom } from './tiny-guest.ts';

export type Acceleration = 'kvm' | 'tcg';

export interface TinyGuest {
  readonly acceleration: Acceleration;
  readonly cpu?: string;
}

export type GuestRun =
  | { readonly outcome: 'ran'; readonly ms: number }
  /** It began and came to no end: what a /dev/kvm does that exists but cannot run guests. */
  | { readonly outcome: 'hung'; readonly ms: number }
  | { readonly outcome: 'refused'; readonly said: string }
  /** There is no QEMU to ask. */
  | { readonly outcome: 'no-qemu' };

/**
 * Really runs a guest of some instructions, and judges by whether it comes to its end: that /dev/kvm exists decides nothing.
 * @param cpu QEMU's model that the lab's guests would have; undefined with `tcg`: QEMU's own choice
 * @param deadlineMs after it QEMU is killed; real KVM needs a fraction of a second
 * @param qemu the program; another one in tests only
 */
export async function runTinyGuest(
  { acceleration, cpu }: TinyGuest,
  deadlineMs: number,
  qemu = 'qemu-system-x86_64',
): Promise<GuestRun> {
  const dir = await mkdtemp(join(tmpdir(), 'coreos-lab-guest-'));
  const began = performance.now();
  try {
    const rom = join(dir, 'guest.rom');
    await writeFile(rom, tinyGuestRom());
    const debugExit = `isa-debug-exit,iobase=0x${exitPort.toString(16)},iosize=0x04`;
    const result = await execa(
      qemu,
      [
        ...(cpu === undefined ? [] : ['-cpu', cpu]),
        '-M',
        'pc',
        '-accel',
        acceleration,
        '-m',
        '16',
        '-bios',
        rom,
        '-device',
        debugExit,
        '-nodefaults',
        '-display',
        'none',
        '-no-reboot',
      ],
      { reject: false, all: true, stdin: 'ignore', timeout: deadlineMs, killSignal: 'SIGKILL' },
    );
    const ms = Math.round(performance.now() - began);
    if (result.exitCode === goodExitCode) return { outcome: 'ran', ms };
    if (result.code === 'ENOENT') return { outcome: 'no-qemu' };
    if (result.timedOut) return { outcome: 'hung', ms };
    const lines = result.all.trim().split('\n');
    // An assertion that failed says less than the error before it.
    const said = lines.find((line) => /\berror: /.test(line)) ?? lines.at(-1);
    return { outcome: 'refused', said: said || `QEMU ended with ${result.exitCode ?? 'a signal'}` };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
