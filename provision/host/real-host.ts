import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync, statfsSync } from 'node:fs';
import { availableParallelism, networkInterfaces } from 'node:os';
import { dirname } from 'node:path';
import { execa } from 'execa';
import type { FileSystem, HostInterface, HostProbe } from './host-probe.ts';
import { type Acceleration, type GuestRun, runTinyGuest } from './kvm/run-tiny-guest.ts';
import { missingPackages } from './packages.ts';
import { canWrite } from './require-writable.ts';

const guestDeadlineMs: Readonly<Record<Acceleration, number>> = { kvm: 4000, tcg: 15_000 };

/** The host this process runs on. */
export function realHost(): HostProbe {
  // Two checks want to know of KVM, at the same time: one guest answers both.
  const guests: Partial<Record<Acceleration, Promise<GuestRun>>> = {};
  return {
    uid: process.getuid?.() ?? -1,
    nodeVersion: process.versions.node,
    nodePath: process.execPath,
    cpus: availableParallelism(),
    checkout: process.env['LAB_ROOT'] ?? process.cwd(),
    arch: process.arch,
    read: (path) => orElse(() => readFileSync(path, 'utf8'), undefined),
    exists: existsSync,
    writable: canWrite,
    target: (path) => orElse(() => readlinkSync(path), undefined),
    list: (path) => orElse(() => readdirSync(path), []),
    fileSystem,
    interfaces,
    missingPackages: (names) => missingPackages(names),
    output,
    tinyGuest: (acceleration, cpu) =>
      (guests[acceleration] ??= runTinyGuest(
        cpu === undefined ? { acceleration } : { acceleration, cpu },
        guestDeadlineMs[acceleration],
      )),
  };
}

async function output(program: string, ...args: string[]): Promise<string | undefined> {
  const env = { VAGRANT_CHECKPOINT_DISABLE: '1' };
  const result = await execa(program, args, { reject: false, stdin: 'ignore', timeout: 30_000, cwd: '/', env });
  return result.exitCode === 0 ? result.stdout : undefined;
}

function orElse<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}

function fileSystem(path: string): FileSystem | undefined {
  const existing = nearestExisting(path);
  const mount = mountOf(
    orElse(() => readFileSync('/proc/self/mountinfo', 'utf8'), ''),
    existing,
  );
  const statfs = orElse(() => statfsSync(existing), undefined);
  return mount && statfs && { ...mount, freeBytes: statfs.bavail * statfs.bsize };
}

function nearestExisting(path: string): string {
  if (path === dirname(path)) return path;
  return orElse<string | undefined>(() => realpathSync(path), undefined) ?? nearestExisting(dirname(path));
}

/**
 * The mount a path lies on, from the text of /proc/PID/mountinfo (proc_pid_mountinfo(5)):
 * the longest mount point above it, the last of several at one place.
 */
export function mountOf(mountinfo: string, path: string): { mountPoint: string; type: string } | undefined {
  let best: { mountPoint: string; type: string } | undefined;
  for (const line of mountinfo.split('\n')) {
    const [, escaped, type] = /^(?:\S+ ){4}(\S+) .*? - (\S+)/.exec(line) ?? [];
    if (escaped === undefined || type === undefined) continue;
    const mountPoint = escaped.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
    const covers = mountPoint === '/' || path === mountPoint || path.startsWith(`${mountPoint}/`);
    if (covers && mountPoint.length >= (best?.mountPoint.length ?? 0)) best = { mountPoint, type };
  }
  return best;
}

function interfaces(): readonly HostInterface[] {
  return Object.entries(networkInterfaces()).flatMap(([name, addresses = []]) =>
    addresses.flatMap(({ family, cidr }) => (family === 'IPv4' && cidr !== null ? [{ name, cidr }] : [])),
  );
}
