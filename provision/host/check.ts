import type { DetailOf } from '../../errors/lab-error.ts';
import type { LabConfig } from '../config/lab-config.ts';
import type { HostProbe } from './host-probe.ts';

/** One question of the doctor about the host. Reads through the probe, changes nothing. */
export interface Check {
  /** Stable name, for JSON: `kernel-overlay`. When it fails, `host.ID` is the error's code. */
  readonly id: DetailOf<'host'>;
  /** For a person: `Overlay file system` */
  readonly title: string;
  run(probe: HostProbe, config: LabConfig): CheckResult | Promise<CheckResult>;
}

export interface CheckResult {
  /** warn: the lab runs, but something may surprise. fail: it does not run. */
  readonly status: 'ok' | 'warn' | 'fail';
  /** What was found, with figures. */
  readonly detail: string;
  /** The exact command or edit; present unless ok. */
  readonly fix?: string;
}

export const ok = (detail: string): CheckResult => ({ status: 'ok', detail });
export const warn = (detail: string, fix: string): CheckResult => ({ status: 'warn', detail, fix });
export const fail = (detail: string, fix: string): CheckResult => ({ status: 'fail', detail, fix });

/** `3.2 GB`, of 1024^3 bytes as the machines' sizes are. */
export function gigabytes(bytes: number): string {
  return `${(bytes / 1024 ** 3).toFixed(1)} GB`;
}
