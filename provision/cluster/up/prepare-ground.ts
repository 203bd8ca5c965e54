import type { IgnitionConfig } from 'ignition-ts';
import { requireFitHost } from '../../host/doctor.ts';
import { packagesFor } from '../../host/package-list.ts';
import { ensurePackages } from '../../host/packages.ts';
import { realHost } from '../../host/real-host.ts';
import { restingHolder } from '../labs/address-holder.ts';
import { findMaker, recordMaker } from '../labs/find-maker.ts';
import { ownIgnition } from '../ignition/ignition-configs.ts';
import { recordSettings } from '../in-force/read-in-force.ts';
import { layToRest } from '../labs/lay-to-rest.ts';
import { refuseAnothers } from '../labs/lab-maker.ts';
import { inPhase, type OnLabEvent } from '../parts/lab-event.ts';
import { prepareBox, prepareImages } from './lab-images.ts';
import type { LabParts } from '../parts/lab-parts.ts';

/**
 * All that must be there before `machines` can boot: host packages, a fit host, images, network and services.
 * @returns the reader's own Ignition config, if there is one
 * @throws LabError `state.another-*`, `state.memory`, `state.old-supervisor`, `host.*`, `config.*`, `ignition.*`, `command.*`, `state.old-disk`, `busy.range`, `busy.port`
 */
export async function prepareGround(
  lab: LabParts,
  options: { on: OnLabEvent; machines?: readonly string[] },
): Promise<IgnitionConfig | undefined> {
  const { on } = options;
  const { config, provider } = lab;
  // Under the lab's lock: another checkout may have made it since this command began.
  refuseAnothers(config, await findMaker(config.stateDir, lab.repoDir), 'lab up');
  // Read before anything is changed: a bad file must cost nothing.
  const own = await ownIgnition(config.ignitionFile);
  await inPhase(on, { subject: 'lab', phase: 'packages', minor: true }, () =>
    ensurePackages({
      packages: Object.keys(packagesFor(config)),
      onProgress: (detail) => on({ subject: 'lab', phase: 'packages', status: 'progress', detail }),
    }),
  );
  await inPhase(on, { subject: 'lab', phase: 'host checks', minor: true }, async () => {
    await provider.preflight(options.machines ?? []);
    // A lab that runs already has passed; its own machines would now look like a lack of memory.
    if (!(await provider.status()).up) await requireFitHost(config, realHost());
  });
  const resting = await restingHolder(config);
  const images = await prepareImages(lab, on);
  if (provider.needs.box !== undefined) await prepareBox(lab, provider.needs.box, on);
  if (resting !== undefined) await layToRest(lab, resting, on);
  const detail = 'bridge, registry, artifact server, DNS, RSVP stream';
  await inPhase(on, { subject: 'lab', phase: 'network', detail }, () => provider.prepare(images));
  // Not before: a lab that was refused its addresses would be one that is there.
  await recordMaker(config.stateDir, { checkout: lab.repoDir, configDir: lab.configDir });
  await recordSettings(config, (await provider.status()).machines);
  return own;
}
