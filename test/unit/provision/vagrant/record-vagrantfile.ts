import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import type { HypervisorName } from '#provision/config/lab-config.ts';
import { labPaths } from '#provision/machines/ground/lab-paths.ts';
import { vagrantSettings, type VagrantSettings } from '#provision/machines/vagrant/vagrant-settings.ts';
import { type ConfigFiles, load } from '../config/config-directory.ts';

export const repoDir = join(import.meta.dirname, '../../../..');

export interface Recorded {
  readonly exitCode: number;
  readonly stderr: string;
  readonly calls: readonly Call[];
}

export interface Call {
  /** The blocks and objects it was made in: `vm define(core-01) vm provider(libvirt)`. */
  readonly at: string;
  readonly call: string;
  readonly args: readonly unknown[];
  readonly options: Readonly<Record<string, unknown>>;
}

const box = { name: 'coreos-lab-test', file: { libvirt: '/boxes/libvirt.box', virtualbox: '/boxes/virtualbox.box' } };

/** What the lab would tell Vagrant about this configuration. */
export function settingsOf(files: ConfigFiles, configRb = '/none/config.rb'): VagrantSettings {
  const config = load({ ...files, provider: 'vagrant' });
  const paths = labPaths(config.name, config.stateDir);
  return vagrantSettings(config, paths, box, { kvmUsable: false, configRb, repoDir });
}

/**
 * The calls that this project's Vagrantfile makes with each config.rb, in one Ruby process. `./lab` beside it is a script
 * that prints the settings as TypeScript read them from the same config.rb.
 * @param numInstances of the environment, for all of them
 * @param hypervisor of their lab.toml
 */
export async function recordVagrantfile(
  texts: readonly string[],
  numInstances?: string,
  hypervisor: HypervisorName = 'libvirt',
): Promise<Recorded[]> {
  const top = mkdtempSync(join(tmpdir(), 'lab-vagrantfile-'));
  try {
    const env = { NUM_INSTANCES: numInstances };
    const directories = texts.map((rb) => {
      const dir = mkdtempSync(join(top, 'checkout-'));
      const configRb = join(dir, 'config.rb');
      writeFileSync(configRb, rb);
      copyFileSync(join(repoDir, 'Vagrantfile'), join(dir, 'Vagrantfile'));
      const toml = `[vagrant]\nhypervisor = "${hypervisor}"\n`;
      const told = settingsOf(
        { rb, toml, env: numInstances === undefined ? {} : { NUM_INSTANCES: numInstances } },
        configRb,
      );
      writeFileSync(join(dir, 'settings.json'), JSON.stringify(told));
      writeFileSync(join(dir, 'lab'), '#!/bin/sh\nexec cat "$(dirname "$0")/settings.json"\n', { mode: 0o755 });
      return dir;
    });
    const recorder = join(import.meta.dirname, 'record-vagrantfile.rb');
    const { stdout } = await execa('ruby', [recorder, ...directories], { env, stdin: 'ignore', timeout: 60_000 });
    return stdout.split('\n').map((line) => JSON.parse(line) as Recorded);
  } finally {
    rmSync(top, { recursive: true, force: true });
  }
}
