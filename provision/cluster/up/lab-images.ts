import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { LabError } from '#errors/lab-error.ts';
import { refuseOtherBox } from '../../image/box/box-stamp.ts';
import { ensureBox } from '../../image/box/ensure-box.ts';
import { upstreamOf } from '../../config/image-settings.ts';
import { buildContainerImages } from '../../image/containers/build-container-images.ts';
import { ensureOsImage } from '../../image/os/build-os-image.ts';
import { osRecipe } from '../../image/os/recipe.ts';
import type { MachineImages } from '../../machines/machine-provider.ts';
import type { HypervisorName } from '../../config/lab-config.ts';
import { inPhase, type OnLabEvent } from '../parts/lab-event.ts';
import type { LabParts } from '../parts/lab-parts.ts';

/** The OS image and the container images: from the cache, or built now (both at once). */
export async function prepareImages(
  lab: Pick<LabParts, 'config' | 'repoDir' | 'paths'>,
  on: OnLabEvent,
): Promise<MachineImages> {
  const { cacheDir, images } = lab.config;
  const [os, containers] = await Promise.all([
    inPhase(on, { subject: 'lab', phase: 'OS image', deadlineMs: lab.config.timers.imageBuildDeadlineMs }, () =>
      ensureOsImage(osRecipe(lab.repoDir, images.suite), cacheDir, (detail) =>
        on({ subject: 'lab', phase: 'OS image', status: 'progress', detail }),
      ),
    ),
    inPhase(on, { subject: 'lab', phase: 'container images', deadlineMs: lab.config.timers.imageBuildDeadlineMs }, () =>
      buildContainerImages({
        repoDir: lab.repoDir,
        cacheDir,
        suite: images.suite,
        upstream: upstreamOf(images),
        fetchDeadlineMs: lab.config.timers.imageBuildDeadlineMs,
        onProgress: ({ image, phase, detail }) =>
          on({
            subject: 'lab',
            phase: 'container images',
            status: 'progress',
            detail: [image, phase, detail].filter(Boolean).join(' '),
          }),
      }),
    ),
  ]);
  const roots = new Map<string, string>();
  for (const { name } of lab.config.machines) roots.set(name, await osRoot(lab.paths, name, os.rootDir));
  return {
    registryStorage: containers.registryStorage,
    osRootOf: (machine: string) => roots.get(machine) ?? os.rootDir,
  };
}

/** A machine keeps the image it was made from: its disk is only the difference to it. */
async function osRoot(paths: LabParts['paths'], machine: string, newest: string): Promise<string> {
  const own = await osRootOfExisting(paths.machine(machine).provisionedFile);
  if (own === undefined || existsSync(own)) return own ?? newest;
  throw new LabError({
    code: 'state.image-gone',
    cause: `the OS image that ${machine} was made from is gone: ${own}`,
    next: 'lab destroy && lab up',
  });
}

/** @returns undefined for a machine that does not exist yet */
async function osRootOfExisting(provisionedFile: string): Promise<string | undefined> {
  const text = await readFile(provisionedFile, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : z.object({ osRoot: z.string() }).parse(JSON.parse(text)).osRoot;
}

/** The Vagrant box of this checkout; Vagrant itself takes it from its file. @throws LabError `state.box` */
export async function prepareBox(
  lab: Pick<LabParts, 'config' | 'repoDir'>,
  provider: HypervisorName,
  on: OnLabEvent,
): Promise<void> {
  const { cacheDir, images, timers } = lab.config;
  const box = await inPhase(on, { subject: 'lab', phase: 'box', deadlineMs: timers.imageBuildDeadlineMs }, () =>
    ensureBox({
      provider,
      repoDir: lab.repoDir,
      suite: images.suite,
      cacheDir,
      onProgress: (phase, detail) =>
        on({ subject: 'lab', phase: 'box', status: 'progress', detail: `${phase}: ${detail}` }),
    }),
  );
  const vagrantHome = process.env['VAGRANT_HOME'] ?? join(homedir(), '.vagrant.d');
  await refuseOtherBox(vagrantHome, { name: box.name, key: box.key, provider });
}
