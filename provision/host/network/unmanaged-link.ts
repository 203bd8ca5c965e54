import { existsSync } from 'node:fs';
import { mkdir, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { execa } from 'execa';
import { readText } from '../read-text.ts';

/** Keeps systemd-networkd off a lab's link, in /run/systemd/network. */
export function networkdFile(link: string): string {
  return `00-coreos-${link}.network`;
}

/** A program of the host that would configure the lab's link as its own, and how it is told not to. */
interface NetworkManager {
  /** Its unit. */
  readonly unit: string;
  /** There while it has run since the boot. */
  readonly trace: string;
  readonly file: (link: string) => string;
  readonly text: (link: string) => string;
  /** Is the file's directory the host's own? One that is made for it goes with it. */
  readonly hasDirectory: boolean;
  readonly reload: readonly [program: string, ...args: string[]];
}

/**
 * systemd-networkd takes the first file that matches, in the order of names (systemd.network(5)); NetworkManager reads a
 * section for devices from any of its files (NetworkManager.conf(5)). Both files are gone after a reboot, as the link is.
 */
const managers: readonly NetworkManager[] = [
  {
    unit: 'systemd-networkd.service',
    trace: '/run/systemd/netif',
    file: (link) => `/run/systemd/network/${networkdFile(link)}`,
    text: (link) => `# coreos-lab, until \`lab destroy\`\n[Match]\nName=${link}\n\n[Link]\nUnmanaged=yes\n`,
    hasDirectory: true,
    reload: ['networkctl', 'reload'],
  },
  {
    unit: 'NetworkManager.service',
    trace: '/run/NetworkManager',
    file: (link) => `/run/NetworkManager/conf.d/00-coreos-${link}.conf`,
    text: (link) =>
      `# coreos-lab, until \`lab destroy\`\n[device-coreos-${link}]\nmatch-device=interface-name:${link}\nmanaged=0\n`,
    hasDirectory: false,
    reload: ['nmcli', 'general', 'reload', 'conf'],
  },
];

/**
 * Has the host's network managers leave the lab's link alone: one that takes every interface (`[Match] Type=ether`) would
 * remove its address. Idempotent; before the link is made.
 */
export async function leaveLinkAlone(link: string): Promise<void> {
  for (const manager of managers) {
    const [file, text] = [manager.file(link), manager.text(link)];
    if (!existsSync(manager.trace) || (await readText(file)) === text) continue;
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
    await reload(manager);
  }
}

/** The contrary, after the link is gone. */
export async function takeLinkBack(link: string): Promise<void> {
  for (const manager of managers) {
    if (!existsSync(manager.file(link))) continue;
    await rm(manager.file(link), { force: true });
    // Another lab's file may be in it.
    if (!manager.hasDirectory) await rmdir(dirname(manager.file(link))).catch(() => undefined);
    await reload(manager);
  }
}

/** One that does not run reads the file when it starts. */
async function reload({ unit, reload: [program, ...args] }: NetworkManager): Promise<void> {
  const active = await execa('systemctl', ['is-active', '--quiet', unit], { reject: false });
  if (active.exitCode === 0) await execa(program, args, { reject: false, timeout: 10_000 });
}
