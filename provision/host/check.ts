import type { DetailOf } from '#errors/lab-error.ts';
import type { LabConfig } from '../config/lab-config.ts';
import type { HostProbe } from './host-probe.ts';

/** One question of the doctor about the host. Reads through the probe, changes nothing. */
export interface Check {
  /** Stable name, for JSON: `kernel-overlay`. When it fails, `host.ID` is the error's code. */
  readonly id: DetailOf<'host'>;
  /** For a person: `Overlay file system` */
  readonly title: string;
  /** Looks, and says what it found. @param config of the lab that is to run here */
  run(probe: HostProbe, config: LabConfig): CheckResult | Promise<CheckResult>;
}

/** warn: the lab runs, but something may surprise. fail: it does not run. */
export type CheckResult = Found<'ok'> | Remedied<'warn'> | Remedied<'fail'>;

interface Found<Status> {
  readonly status: Status;
  /** What was found, with figures. */
  readonly detail: string;
  readonly fix?: undefined;
}

interface Remedied<Status> extends Omit<Found<Status>, 'fix'> {
  /** The exact command or edit. */
  readonly fix: string;
  /** What `lab doctor --fix` runs for it: it takes nothing from anybody, and can be run again. */
  readonly safe?: Command;
}

/** A program and its arguments. */
export type Command = readonly string[];

/** The check is content. Pure. @param detail what was found, with figures */
export const ok = (detail: string): CheckResult => ({ status: 'ok', detail });

/** The lab runs, but something may surprise. Pure. @param fix the exact command or edit */
export const warn = (detail: string, fix: string): Remedied<'warn'> => ({ status: 'warn', detail, fix });

/** The lab does not run. Pure. @param fix the exact command or edit */
export const fail = (detail: string, fix: string): Remedied<'fail'> => ({ status: 'fail', detail, fix });

/** The same, with what is safe to run for it: the fix itself, where that is one command. */
export function safely<Status>(found: Remedied<Status>, safe: Command = found.fix.split(' ')): Remedied<Status> {
  return { ...found, safe };
}

/** Bytes that programs can still have (proc_meminfo(5)); undefined where the kernel does not say. */
export function availableMemory(probe: HostProbe): number | undefined {
  const kib = /^MemAvailable:\s*(\d+) kB$/m.exec(probe.read('/proc/meminfo') ?? '')?.[1];
  return kib === undefined ? undefined : Number(kib) * 1024;
}

/** Of a check that depends on it. */
export const memoryUnknown = fail(
  '/proc/meminfo does not say how much memory is available',
  'mount -t proc proc /proc',
);

/** `3.2 GB`, of 1024^3 bytes as the machines' sizes are. */
export function gigabytes(bytes: number): string {
  return `${(bytes / 1024 ** 3).toFixed(1)} GB`;
}
