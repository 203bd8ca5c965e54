import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemdDriver } from '#platform/systemd/systemd-driver.ts';
import type { SystemdDriver } from '#platform/systemd/driver.ts';
import { startSystemdMachine, type SystemdMachine } from '#scenarios/bench/fleet/systemd-machine.ts';

/** Why there can be no systemd for tests here; undefined where there can. */
export const noSystemd =
  process.getuid?.() !== 0 ? 'not root' : existsSync('/lib/systemd/systemd') ? undefined : 'systemd is not installed';

/** A systemd of its own with a driver for it. */
export interface RealSystemd {
  readonly machine: SystemdMachine;
  readonly driver: SystemdDriver;
  /** Where the driver keeps unit files. */
  readonly units: string;
  /** Another driver for the same systemd, as a fleetd has that starts anew. */
  again(): SystemdDriver;
  /** What systemctl says. */
  systemctl(...words: string[]): string;
  stop(): Promise<void>;
}

export async function realSystemd(): Promise<RealSystemd> {
  const directory = await mkdtemp(join(tmpdir(), 'lab-systemd-'));
  const machine = await startSystemdMachine(join(directory, 'machine'));
  const units = join(directory, 'fleet/units');
  const drivers: SystemdDriver[] = [];
  const open = (): SystemdDriver => {
    const { socket, unitDirectory: linkDirectory } = machine;
    const driver = systemdDriver(units, { socket, linkDirectory, autofs: '/dev/autofs' });
    drivers.push(driver);
    return driver;
  };
  return {
    machine,
    units,
    driver: open(),
    again: open,
    systemctl: (...words) => {
      const env = { ...process.env, XDG_RUNTIME_DIR: join(machine.unitDirectory, '../..') };
      return execFileSync('systemctl', ['--user', ...words], { env, encoding: 'utf8' }).trim();
    },
    async stop() {
      for (const driver of drivers) driver.close();
      await machine.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
