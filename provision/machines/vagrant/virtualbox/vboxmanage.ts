import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { LabError } from '#errors/lab-error.ts';
import { statedSeconds } from '#errors/seconds.ts';
import type { VirtualboxSettings } from '../virtualbox-settings.ts';

const deadlineMs = 60_000;

/** VirtualBox's command line on the lab's own registry of virtual machines, in the lab's PID namespace (bin/VBoxManage). */
export class VBoxManage {
  readonly #settings: VirtualboxSettings;

  constructor(settings: VirtualboxSettings) {
    this.#settings = settings;
  }

  /** @throws LabError `command.vboxmanage` with its last line */
  async run(...args: readonly string[]): Promise<string> {
    const result = await execa(join(this.#settings.bin, 'VBoxManage'), args, {
      reject: false,
      stdin: 'ignore',
      timeout: deadlineMs,
      cwd: dirname(this.#settings.bin),
      env: { ...this.#settings.environment, LANG: 'C' },
    });
    // It prints errors and ends with 0 at times: Vagrant looks for the same words.
    const failed = result.stderr.split('\n').filter((line) => line.includes('VBoxManage: error:'));
    if (result.exitCode === 0 && failed.length === 0) return result.stdout;
    const said = failed.length > 0 ? failed : result.stderr.split('\n').filter(Boolean);
    throw new LabError({
      code: 'command.vboxmanage',
      cause: `VBoxManage ${args.join(' ')}: ${said[0] ?? (result.timedOut ? `no answer within ${statedSeconds(deadlineMs)}` : 'it failed')}`,
      evidence: said.slice(1, 6),
      next: 'lab status',
    });
  }

  /** Every virtual machine of the lab's registry, by name. */
  async machineNames(): Promise<string[]> {
    return parseNames(await this.run('list', 'vms'));
  }

  /** What `showvminfo --machinereadable` says of a machine, by its words. @throws LabError `command.vboxmanage` */
  async info(name: string): Promise<ReadonlyMap<string, string>> {
    return parseInfo(await this.run('showvminfo', name, '--machinereadable'));
  }
}

/** Reads lines like `"coreos-lab-lab-core-01" {5a1b...}`. */
export function parseNames(text: string): string[] {
  return text.split('\n').flatMap((line) => /^"(.+)" \{[^}]+\}$/.exec(line)?.[1] ?? []);
}

/** Reads `showvminfo --machinereadable`: `VMState="running"`, `cpus=1`, `"natnet1"="nat"`. */
export function parseInfo(text: string): Map<string, string> {
  return new Map(
    text.split('\n').flatMap((line): [string, string][] => {
      const [, key, quoted, bare] = /^"?([^"=]+)"?=(?:"(.*)"|(.*))$/.exec(line) ?? [];
      return key === undefined ? [] : [[key, quoted ?? bare ?? '']];
    }),
  );
}
