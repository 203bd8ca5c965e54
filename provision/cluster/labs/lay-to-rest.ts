import { labPaths } from '../../machines/ground/lab-paths.ts';
import { restingHolder } from './address-holder.ts';
import { inPhase, type OnLabEvent } from '../parts/lab-event.ts';
import { withLabLock } from '../parts/lab-lock.ts';
import type { LabParts } from '../parts/lab-parts.ts';
import type { ListedLab } from './list-labs.ts';
import { listedConfig } from './listed-config.ts';

/**
 * Ends the ground of a lab without a running machine, whose addresses this one is to have. Its disks stay, and its own `lab up`
 * makes the ground again.
 * @throws LabError `busy.lab`, or `busy.range` when a machine of it has begun meanwhile
 */
export async function layToRest(lab: LabParts, holder: ListedLab, on: OnLabEvent): Promise<void> {
  const config = await listedConfig(holder, lab.config);
  const paths = labPaths(config.name, config.stateDir);
  const provider = lab.providerOf(config);
  const detail = `lab ${holder.name}, which has these addresses and runs no machine, goes down`;
  await inPhase(on, { subject: 'lab', phase: 'addresses', detail }, () =>
    withLabLock(paths, `lab up, of lab ${lab.config.name}`, async () => {
      if ((await restingHolder(lab.config)) !== undefined) await provider.endGround();
    }),
  );
}
