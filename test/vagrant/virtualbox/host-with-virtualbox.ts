import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Outcome, runProgram } from '../../support/lab-cli.ts';
import { putStandIn } from './put-stand-in.ts';

/**
 * This host as it looks with VirtualBox installed: a VBoxManage in the PATH, and its modules in the kernel for whoever runs
 * here. Nothing of it is seen by others.
 */
export class HostWithVirtualbox {
  readonly #dir = mkdtempSync(join(tmpdir(), 'coreos-lab-virtualbox-'));
  readonly path = `${join(this.#dir, 'bin')}:${process.env['PATH'] ?? ''}`;

  async install(): Promise<void> {
    for (const module of ['vboxdrv', 'vboxnetflt']) mkdirSync(join(this.#dir, 'modules', module), { recursive: true });
    await putStandIn(join(this.#dir, 'bin'));
  }

  async run(program: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<Outcome> {
    const lower = `lowerdir=${join(this.#dir, 'modules')}:/sys/module`;
    const script = `mount -t overlay coreos-lab-modules -o ${lower} /sys/module && exec "$@"`;
    const argv = ['--mount', 'sh', '-c', script, 'sh', program, ...args];
    const outcome = await runProgram('unshare', argv, { env: { ...env, PATH: this.path } });
    if (outcome.exitCode !== 0) console.log(`${program} ${args.join(' ')}:\n${outcome.stdout}\n${outcome.stderr}`);
    return outcome;
  }

  remove(): void {
    rmSync(this.#dir, { recursive: true, force: true });
  }
}
