import { existsSync } from 'node:fs';

/** Whether systemd is this host's PID 1 (sd_booted(3)). */
export function isSystemdHost(): boolean {
  return existsSync('/run/systemd/system');
}
