import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type IgnitionConfig, merge, parseIgnition, toJson } from 'ignition-ts';
import { LabError } from '../../errors/lab-error.ts';
import { requireFitHost } from '../host/doctor.ts';
import { ensurePackages } from '../host/packages.ts';
import { realHost } from '../host/real-host.ts';
import { buildContainerImages } from '../image/containers/build-container-images.ts';
import { ensureOsImage } from '../image/os/build-os-image.ts';
import { osRecipe } from '../image/os/recipe.ts';
import type { MachineProvider } from '../machines/machine-provider.ts';
import { stageArtifacts } from './artifacts.ts';
import { ensureLabKey } from './keys.ts';
import type { Lab } from './lab.ts';
import { inPhase, type OnLabEvent } from './lab-event.ts';
import { machineIgnition, type MachineUnits } from './machine-config.ts';
import { planUp, type Step } from './plan.ts';
import { waitReady } from './ready.ts';

export interface UpResult {
  readonly steps: readonly Step[];
  /** Wall time from the first step to readiness, ms. */
  readonly tookMs: number;
  /** False when too few machines run for an etcd quorum, so that the cluster was not waited for. */
  readonly clusterReady: boolean;
}

/** From nothing, or from any state a crash left, to the wanted machines running and the cluster ready. */
export async function bringUp(
  lab: Lab,
  wanted: readonly string[],
  options: { install: boolean; on: OnLabEvent },
): Promise<UpResult> {
  const began = performance.now();
  const { on } = options;
  // Read before anything is changed: a bad file must cost nothing.
  const own = await ownIgnition(lab.config.ignitionFile);
  await ensurePackages({
    install: options.install,
    onProgress: (detail) => on({ subject: 'lab', phase: 'packages', status: 'progress', detail }),
  });
  // A lab that runs already has passed; its own machines would now look like a lack of memory.
  if (!(await lab.provider().status()).up) await requireFitHost(lab.config, realHost());
  const images = await prepareImages(lab, on);
  const provider = lab.provider(images);
  await inPhase(
    on,
    { subject: 'lab', phase: 'network', detail: 'bridge, registry, artifact server, DNS, RSVP stream' },
    () => provider.prepare(),
  );
  const status = await provider.status();
  const steps = planUp(wanted, status);
  const ignitionOf = await ignitionConfigs(lab, own);
  await Promise.all(steps.map((step) => carryOut(step, provider, ignitionOf(step.machine), on)));

  const running = new Set(status.machines.filter((m) => m.state === 'running').map((m) => m.name));
  for (const name of wanted) running.add(name);
  const clusterReady = await waitReady({ lab, provider, running: [...running].sort(), started: wanted, on });
  return { steps, tookMs: performance.now() - began, clusterReady };
}

async function carryOut(step: Step, provider: MachineProvider, ignition: string, on: OnLabEvent): Promise<void> {
  if (step.action === 'keep')
    return on({ subject: step.machine, phase: 'boot', status: 'skipped', detail: step.reason });
  const detail = step.action === 'create' ? 'new disk, Ignition, first boot' : `boot from its disk (${step.reason})`;
  await inPhase(on, { subject: step.machine, phase: 'boot', detail }, () => provider.start(step.machine, ignition));
}

/** The OS image and the container images: from the cache, or built now (both at once). */
async function prepareImages(lab: Lab, on: OnLabEvent) {
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
        source: images.source,
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
  for (const { name } of lab.config.machines) roots.set(name, await osRoot(lab, name, os.rootDir));
  return {
    registryStorage: containers.registryStorage,
    osRootOf: (machine: string) => roots.get(machine) ?? os.rootDir,
  };
}

/** A machine keeps the image it was made from: its disk is only the difference to it. */
async function osRoot(lab: Lab, machine: string, newest: string): Promise<string> {
  const own = await lab.osRootOfExisting(machine);
  if (own === undefined || existsSync(own)) return own ?? newest;
  throw new LabError({
    code: 'state.image-gone',
    cause: `the OS image that ${machine} was made from is gone: ${own}`,
    next: 'lab destroy && lab up',
  });
}

/** @throws LabError `ignition.*` naming file, line and column, `missing.ignition` */
async function ownIgnition(file: string | undefined): Promise<IgnitionConfig | undefined> {
  if (file === undefined) return undefined;
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new LabError({
      code: 'missing.ignition',
      cause: `the Ignition file of lab.toml cannot be read: ${file}`,
      next: 'correct [machines] ignition in lab.toml',
      error,
    });
  });
  return parseIgnition(text, file);
}

async function ignitionConfigs(lab: Lab, own: IgnitionConfig | undefined): Promise<(machine: string) => string> {
  const artifacts = await stageArtifacts(lab.repoDir, lab.paths.artifactsDir);
  const key = await ensureLabKey(lab.paths.keysDir, lab.config.name);
  const text = (name: string) => readFile(join(lab.repoDir, 'platform/systemd/units', `${name}.service`), 'utf8');
  const units: MachineUnits = {
    etcd: await text('etcd'),
    flanneld: await text('flanneld'),
    docker: await text('docker'),
    fleet: await text('fleet'),
  };
  const configs = lab.config.machines.map((machine) => {
    const ignition = machineIgnition({
      config: lab.config,
      machine,
      key,
      artifacts,
      units,
      hostCpus: availableParallelism(),
    });
    return [machine.name, toJson(own === undefined ? ignition : merge(ignition, own))] as const;
  });
  return (machine) => new Map(configs).get(machine) ?? '';
}
