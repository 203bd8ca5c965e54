import { join } from 'node:path';
import { upstreamOf } from '../../config/image-settings.ts';
import type { LabConfig } from '../../config/lab-config.ts';
import { machinesNamed } from '../../config/machine-named.ts';
import { downloadBytes } from '../../host/download-bytes.ts';
import { checkAddressFree } from '../../host/network/lab-link.ts';
import { packagesFor } from '../../host/package-list.ts';
import { missingPackages } from '../../host/packages.ts';
import { boxFile, boxIdentity } from '../../image/box/box-name.ts';
import { exists } from '../../image/cache.ts';
import { catalog } from '../../image/containers/catalog.ts';
import { containerPlan } from '../../image/containers/plan-images.ts';
import { osImageKey, osRecipe } from '../../image/os/recipe.ts';
import { shortName } from '../../image/registry/image-name.ts';
import { remoteBytes } from '../../image/upstream/remote-bytes.ts';
import type { UpstreamImage } from '../../image/upstream/upstream.ts';
import { labPaths } from '../../machines/ground/lab-paths.ts';
import type { MachineProvider } from '../../machines/machine-provider.ts';
import { restingHolder } from '../labs/address-holder.ts';
import { adoptChanges } from '../in-force/adopt-changes.ts';
import type { ConfigChange } from '../in-force/config-changes.ts';
import { previewSteps, type PreviewStep } from './steps.ts';

export interface UpPreview {
  readonly lab: string;
  readonly steps: readonly PreviewStep[];
  /** What of config.rb and lab.toml `lab up` would not apply. */
  readonly later: readonly ConfigChange[];
}

/**
 * What `lab up` would do now. Looks only.
 * @throws LabError whatever `lab up` would refuse by config.rb and lab.toml: `state.machine-set`, `missing.machine`; `busy.range`
 */
export async function previewUp(
  lab: { readonly written: LabConfig; readonly repoDir: string },
  providerOf: (config: LabConfig) => Pick<MachineProvider, 'status' | 'needs'>,
  names: readonly string[] | undefined,
): Promise<UpPreview> {
  const { inForce, config: becomes, later } = await adoptChanges(lab.written, providerOf, names);
  const provider = providerOf(becomes);
  const missing = await missingPackages(Object.keys(packagesFor(becomes)));
  const status = await provider.status();
  const resting = status.up ? undefined : await restingHolder(becomes);
  if (!status.up && resting === undefined)
    await checkAddressFree(labPaths(becomes.name, becomes.stateDir).hostLink, becomes.network);
  const steps = previewSteps({
    inForce,
    becomes,
    wanted: machinesNamed(becomes, names).map(({ name }) => name),
    status,
    resting: resting?.name,
    missingPackages: missing,
    packageBytes: await downloadBytes(missing),
    ...(await imagesSeen(lab.repoDir, becomes, provider.needs.box)),
  });
  return { lab: becomes.name, steps, later };
}

async function imagesSeen(repoDir: string, { cacheDir, images }: LabConfig, box: MachineProvider['needs']['box']) {
  const os = await osImageKey(osRecipe(repoDir, images.suite), process.version);
  const plan = await containerPlan(repoDir, cacheDir, images.suite, catalog, upstreamOf(images));
  const isCached = async ({ key }: { readonly key: string }) => exists(join(cacheDir, 'containers', key));
  const whole = await exists(join(cacheDir, 'registry', plan.registryKey, 'images.json'));
  const built = whole || (await Promise.all(plan.plan.map(isCached))).every(Boolean);
  const absent: UpstreamImage[] = [];
  for (const image of whole ? [] : plan.fetched) if (!(await isCached(image))) absent.push(image);
  const sizes = await remoteBytes(absent);
  return {
    fetches: absent.map((image) => ({
      image: shortName(image),
      remoteUrl: image.remoteUrl,
      bytes: sizes.get(image.reference),
    })),
    images: [
      { subject: 'OS image', cached: await exists(join(cacheDir, 'os-image', os, 'root')) },
      { subject: 'container images', cached: built },
      ...(box === undefined
        ? []
        : [{ subject: 'box', cached: await exists(boxFile(await boxIdentity(repoDir, images.suite), box, cacheDir)) }]),
    ],
  };
}
