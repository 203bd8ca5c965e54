import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { repoDir } from './record-vagrantfile.ts';

/** The real Vagrant on the real Vagrantfile and the real `./lab`, with a configuration and a home directory of its own. */
export class VagrantCli {
  readonly dir = mkdtempSync(join(tmpdir(), 'lab-vagrant-'));
  readonly #checkout = join(this.dir, 'checkout');

  constructor() {
    mkdirSync(this.#checkout);
    copyFileSync(join(repoDir, 'Vagrantfile'), join(this.#checkout, 'Vagrantfile'));
    symlinkSync(join(repoDir, 'lab'), join(this.#checkout, 'lab'));
    this.configure({});
  }

  configure(files: { rb?: string; toml?: string }): void {
    const sound = `[lab]\nname = "vagranttest"\nstate_dir = "${join(this.dir, 'state')}"\n\n[vagrant]\ndriver = "qemu"\n`;
    writeFileSync(join(this.dir, 'config.rb'), files.rb ?? '');
    writeFileSync(join(this.dir, 'lab.toml'), files.toml ?? sound);
  }

  /** Changes the Vagrantfile of this checkout. */
  edit(change: (text: string) => string): void {
    const file = join(this.#checkout, 'Vagrantfile');
    writeFileSync(file, change(readFileSync(file, 'utf8')));
  }

  /** Puts a program into the PATH of every later run: as much of VirtualBox as Vagrant asks for its version. */
  addVirtualBox(): void {
    mkdirSync(join(this.dir, 'bin'));
    writeFileSync(join(this.dir, 'bin/VBoxManage'), '#!/bin/sh\necho 7.0.20r163906\n', { mode: 0o755 });
  }

  /** As if machines had been made before, and the lab were down now. */
  remember(machine: string): void {
    mkdirSync(join(this.dir, 'state/vagranttest/libvirt'), { recursive: true });
    mkdirSync(join(this.dir, 'dot/machines', machine, 'libvirt'), { recursive: true });
    writeFileSync(join(this.dir, 'dot/machines', machine, 'libvirt/id'), '7a6b1b3e-0000-4000-8000-000000000001');
  }

  /** As `lab destroy` does. */
  destroyLab(): void {
    rmSync(join(this.dir, 'state'), { recursive: true });
  }

  async run(provider: 'libvirt' | 'virtualbox', ...args: string[]): Promise<{ exitCode: number; text: string }> {
    const env = {
      PATH: `${join(this.dir, 'bin')}:${process.env['PATH'] ?? ''}`,
      VAGRANT_HOME: join(this.dir, 'home'),
      VAGRANT_DOTFILE_PATH: join(this.dir, 'dot'),
      VAGRANT_DEFAULT_PROVIDER: provider,
      VAGRANT_CHECKPOINT_DISABLE: '1',
      LAB_CONFIG_DIR: this.dir,
      NUM_INSTANCES: undefined,
      NO_COLOR: '1',
      FORCE_COLOR: undefined,
    };
    const options = { cwd: this.#checkout, env, all: true, reject: false, stdin: 'ignore' } as const;
    const result = await execa('vagrant', args, { ...options, timeout: 50_000 });
    return { exitCode: result.exitCode ?? -1, text: result.all };
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}
