import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { exitPort, goodExitCode, tinyGuestRom } from './tiny-guest.ts';

export type Acceleration = 'kvm' | 'tcg';

export type GuestRun =
  | { readonly outcome: 'ran'; readonly ms: number }
  /** It began and came to no end: what a /dev/kvm does that exists but cannot run guests. */
  | { readonly outcome: 'hung'; readonly ms: number }
  | { readonly outcome: 'refused'; readonly said: string }
  /** There is no QEMU to ask. */
  | { readonly outcome: 'no-qemu' };

/**
 * Really runs a guest of 16 bytes, and judges by whether it comes to its end: that /dev/kvm exists decides nothing.
 * @param deadlineMs after it QEMU is killed; real KVM needs a fraction of a second
 * @param qemu the program; another one in tests only
 */
export async function runTinyGuest(
  acceleration: Acceleration,
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
        ...['-M', 'pc', '-accel', acceleration, '-m', '16', '-bios', rom, '-device', debugExit],
        ...['-nodefaults', '-display', 'none', '-no-reboot'],
      ],
      { reject: false, all: true, stdin: 'ignore', timeout: deadlineMs, killSignal: 'SIGKILL' },
    );
    const ms = Math.round(performance.now() - began);
    if (result.exitCode === goodExitCode) return { outcome: 'ran', ms };
    if (result.code === 'ENOENT') return { outcome: 'no-qemu' };
    if (result.timedOut) return { outcome: 'hung', ms };
    const said = result.all.trim().split('\n').at(-1) ?? '';
    return { outcome: 'refused', said: said === '' ? `QEMU ended with ${result.exitCode ?? 'a signal'}` : said };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
