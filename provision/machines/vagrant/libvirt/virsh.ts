import { execa } from 'execa';
import { LabError } from '#errors/lab-error.ts';
import { statedSeconds } from '#errors/seconds.ts';
import type { GuestState } from '../hypervisor.ts';

const deadlineMs = 20_000;

/** libvirt's command line against the lab's own libvirtd, and no other. */
export class Virsh {
  readonly #uri: string;

  /** @param uri of the lab's libvirtd (LibvirtSettings) */
  constructor(uri: string) {
    this.#uri = uri;
  }

  /** @throws LabError `command.virsh` with its last line */
  async run(...args: readonly string[]): Promise<string> {
    const result = await execa('virsh', ['--quiet', '--connect', this.#uri, ...args], {
      reject: false,
      stdin: 'ignore',
      timeout: deadlineMs,
      env: { LC_ALL: 'C.UTF-8' },
    });
    if (result.exitCode === 0) return result.stdout;
    const said = result.stderr.split('\n').filter(Boolean);
    throw new LabError({
      code: 'command.virsh',
      cause: `virsh ${args.join(' ')}: ${said.at(-1) ?? (result.timedOut ? `no answer within ${statedSeconds(deadlineMs)}` : 'it failed')}`,
      evidence: said.slice(-5),
      next: 'lab status',
    });
  }

  /** State of every domain that is defined, by name. @throws LabError `command.virsh` */
  async domains(): Promise<Map<string, GuestState>> {
    return parseDomains(await this.run('list', '--all'));
  }
}

/** Reads ` 1    core-01   running` and ` -    core-02   shut off`. */
export function parseDomains(text: string): Map<string, GuestState> {
  const known: readonly GuestState[] = ['running', 'paused', 'shut off', 'in shutdown'];
  return new Map(
    text.split('\n').flatMap((line): [string, GuestState][] => {
      const [, name, state] = /^\s*(?:\d+|-)\s+(\S+)\s+(.*\S)\s*$/.exec(line) ?? [];
      if (name === undefined || state === undefined) return [];
      return [[name, known.find((one) => one === state) ?? 'other']];
    }),
  );
}

/**
 * The guest's address on the management network, from libvirt's DHCP leases.
 * ` 2026-01-01 00:00:00   52:54:00:aa:bb:cc   ipv4   192.168.121.5/24   core-01   ff:...`
 */
export function parseLease(text: string, mac: string): string | undefined {
  const found = text.split('\n').filter((line) => line.includes(mac.toLowerCase()));
  return found.map((line) => parseAddress(line)).findLast((address) => address !== undefined);
}

/** The guest's address in what `virsh domifaddr` says: ` vnet0   52:54:00:aa:bb:cc   ipv4   192.168.121.5/24`. Pure. */
export function parseAddress(text: string): string | undefined {
  return /\s(\d+\.\d+\.\d+\.\d+)\/\d+/.exec(text)?.[1];
}
