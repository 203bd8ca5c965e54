import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { IgnitionConfig } from 'ignition-ts';
import { requireFitHost } from '../host/doctor.ts';
import { packagesOf, requiredPackages } from '../host/package-list.ts';
import { ensurePackages } from '../host/packages.ts';
import { realHost } from '../host/real-host.ts';
import type { MachineProvider } from '../machines/machine-provider.ts';
import { VagrantProvider } from '../machines/vagrant/vagrant-provider.ts';
import { findMaker, recordMaker } from './find-maker.ts';
import { ownIgnition } from './ignition-configs.ts';
import type { Lab } from './lab.ts';
import { refuseAnothers } from './lab-maker.ts';
import { inPhase, type OnLabEvent } from './lab-event.ts';
import { prepareBox, prepareImages } from './lab-images.ts';

/**
 * All that must be there before `machines` can boot: host packages, a fit host, images, network and services.
 * @throws LabError `state.another-*`, `host.*`, `config.*`, `ignition.*`, `command.*`, `busy.range`, `busy.port`
 */
export async function prepareGround(
  lab: Lab,
  options: { on: OnLabEvent; machines?: readonly string[] },
): Promise<{ provider: MachineProvider; own: IgnitionConfig | undefined }> {
  const { on } = options;
  // Under the lab's lock: another checkout may have made it since this command began.
  refuseAnothers(lab.config, await findMaker(lab.config.stateDir, lab.repoDir), 'lab up');
  // Read before anything is changed: a bad file must cost nothing.
  const own = await ownIgnition(lab.config.ignitionFile);
  const more = lab.config.provider === 'vagrant' ? Object.keys(packagesOf[lab.config.vagrant.hypervisor]) : [];
  await ensurePackages({
    packages: [...Object.keys(requiredPackages), ...more],
    onProgress: (detail) => on({ subject: 'lab', phase: 'packages', status: 'progress', detail }),
  });
  const before = lab.provider();
  if (before instanceof VagrantProvider) await before.refuseTakenPorts(options.machines ?? []);
  // A lab that runs already has passed; its own machines would now look like a lack of memory.
  if (!(await before.status()).up) await requireFitHost(lab.config, realHost());
  const images = await prepareImages(lab, on);
  if (lab.config.provider === 'vagrant') await prepareBox(lab, on);
  await mkdir(lab.config.stateDir, { recursive: true });
  await writeFile(join(lab.config.stateDir, 'hypervisor'), `${lab.config.vagrant.hypervisor}\n`);
  await writeFile(join(lab.config.stateDir, 'provider'), `${lab.config.provider}\n`);
  await recordMaker(lab.config.stateDir, { checkout: lab.repoDir, configDir: lab.configDir });
  const provider = lab.provider(images);
  const detail = 'bridge, registry, artifact server, DNS, RSVP stream';
  await inPhase(on, { subject: 'lab', phase: 'network', detail }, () => provider.prepare());
  return { provider, own };
}
