import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa, ExecaError } from 'execa';
import { LabError } from '#errors/lab-error.ts';
import type { MachinePaths } from '../ground/lab-paths.ts';

/** Where Debian's package `ignition` keeps the binary. */
const ignitionBinary = '/usr/lib/dracut/modules.d/30ignition/ignition';

/**
 * Only these stages: `disks`, `mount` and `kargs` act on the host's own devices, and a config that is a file, without
 * remote parts (they are refused), is complete without `fetch`. HTTP sources of files are fetched by `files`.
 */
const stages = ['fetch-offline', 'files'] as const;

/** For one stage, on a host that is not slow. */
const stageDeadlineMs = 60_000;

/**
 * Applies the machine's Ignition config to its mounted root directory, as Ignition would from the initramfs.
 * Must run where the config's HTTP sources can be reached (the lab's network namespace).
 * @param stretch how many times slower than usual this host is
 * @throws LabError `ignition.failed` with Ignition's own critical line; the root is then half written: wipe it.
 */
export async function runIgnition(machine: string, paths: MachinePaths, stretch: number): Promise<void> {
  const scratch = join(paths.dir, 'ignition-run');
  await rm(scratch, { recursive: true, force: true });
  await mkdir(scratch, { recursive: true });
  // Debian's build always relabels for SELinux; there is none here, so its helper has nothing to do.
  await writeFile(join(scratch, 'setfiles'), '#!/bin/sh\nexec cat >/dev/null\n');
  await chmod(join(scratch, 'setfiles'), 0o755);
  for (const stage of stages) await runStage(machine, stage, paths, scratch, stageDeadlineMs * stretch);
  await rm(scratch, { recursive: true, force: true });
}

async function runStage(
  machine: string,
  stage: string,
  paths: MachinePaths,
  scratch: string,
  deadlineMs: number,
): Promise<void> {
  const state = ['config-cache', 'state-file', 'neednet'].map((name) => `--${name}=${join(scratch, name)}`);
  try {
    await execa(
      ignitionBinary,
      ['--platform=file', `--stage=${stage}`, `--root=${paths.root}`, ...state, '--log-to-stdout'],
      {
        env: {
          IGNITION_CONFIG_FILE: paths.ignitionFile,
          PATH: [scratch, process.env['PATH']].filter(Boolean).join(':'),
        },
        all: true,
        timeout: deadlineMs,
        stdin: 'ignore',
      },
    );
  } catch (error) {
    const output = error instanceof ExecaError ? String(error.all ?? error.message).split('\n') : [String(error)];
    const critical = output.find((line) => line.includes('CRITICAL'));
    throw new LabError({
      code: 'ignition.failed',
      cause: `Ignition could not provision ${machine} (stage ${stage}): ${critical ?? output.at(-1) ?? 'no output'}`,
      evidence: output.filter((line) => !line.includes('failed to log systemd journal entry')).slice(-15),
      next: `check ${paths.ignitionFile} with ignition-validate, then run \`lab up\` again`,
      error,
    });
  }
}
