import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LabError } from '#errors/lab-error.ts';
import type { LabConfig, ProviderName } from '#provision/config/lab-config.ts';
import { loadConfig } from '#provision/config/load-config.ts';

export interface ConfigFiles {
  readonly rb?: string;
  readonly toml?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly hostCpus?: number;
  readonly provider?: ProviderName;
}

/** Loads a configuration from a real directory that holds these two files. */
export function load({ rb, toml, env = {}, hostCpus = 4, provider }: ConfigFiles): LabConfig {
  const dir = mkdtempSync(join(tmpdir(), 'lab-config-'));
  try {
    if (rb !== undefined) writeFileSync(join(dir, 'config.rb'), rb);
    if (toml !== undefined) writeFileSync(join(dir, 'lab.toml'), toml);
    return loadConfig(dir, { HOME: '/home/reader', ...env }, hostCpus, provider);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** The error that loading gives; fails the test when there is none. */
export function loadError(files: ConfigFiles): LabError {
  try {
    load(files);
  } catch (error) {
    if (error instanceof LabError) return error;
    throw error;
  }
  throw new Error(`accepted: ${JSON.stringify(files)}`);
}
