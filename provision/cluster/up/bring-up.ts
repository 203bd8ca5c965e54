import { routeContainers } from '../../host/network/container-routes.ts';
import { machinesNamed } from '../../config/machine-named.ts';
import { containerSubnets } from './container-subnets.ts';
import { createMachines } from './create-machines.ts';
import { ignitionConfigs } from '../ignition/ignition-configs.ts';
import { inPhase, type OnLabEvent } from '../parts/lab-event.ts';
import type { LabParts } from '../parts/lab-parts.ts';
import { refuseStopped } from '../../machines/ground/refuse-stopped.ts';
import { removeLeftOvers } from '../members/remove-left-overs.ts';
import { prepareGround } from './prepare-ground.ts';
import type { Step } from './plan.ts';
import { settleSwap } from './swap-disks.ts';
import { waitReady } from '../conditions/ready.ts';
import { settledPlan } from './settled-plan.ts';

/** From a machine's end until its mounts and cgroups are gone, on a busy host. */
const clearAwayMs = 10_000;

export interface UpResult {
  readonly steps: readonly Step[];
  /** Wall time from the first step to readiness, ms. */
  readonly tookMs: number;
  /** False when too few machines run for an etcd quorum, so that the cluster was not waited for. */
  readonly clusterReady: boolean;
}

/** From nothing, or from any state a crash left, to the wanted machines running and the cluster ready. */
export async function bringUp(
  lab: LabParts,
  wanted: readonly string[],
  options: { on: OnLabEvent },
): Promise<UpResult> {
  const began = performance.now();
  const { on } = options;
  const { config, provider } = lab;
  // It would be taken for a dead one, and its machines ended.
  refuseStopped(lab.paths, config.name);
  await settleSwap(lab.paths.stateDir);
  const own = await prepareGround(lab, { ...options, machines: wanted });
  // A halt pulls the cord at its own deadline; what clears the machine away comes after that.
  const deadlineMs = config.timers.haltDeadlineMs + clearAwayMs;
  const { steps, status } = await settledPlan({ provider, wanted, deadlineMs, on });
  const ignitionOf = await inPhase(on, { subject: 'lab', phase: 'Ignition configs', minor: true }, () =>
    ignitionConfigs(lab, own),
  );
  const kept = steps.filter(({ action }) => action !== 'create');
  await Promise.all(
    kept.map(async ({ machine, action, reason }) => {
      if (action === 'keep') return on({ subject: machine, phase: 'boot', status: 'skipped', detail: reason });
      const detail = `boot from its disk (${reason})`;
      await inPhase(on, { subject: machine, phase: 'boot', detail }, () =>
        provider.start(machine, ignitionOf(machine)),
      );
    }),
  );
  const fresh = steps.filter(({ action }) => action === 'create').map(({ machine }) => machine);
  if (fresh.length > 0) await createMachines({ config, provider, fresh, ignitionOf, on });

  const running = new Set(status.machines.filter((m) => m.state === 'running').map((m) => m.name));
  for (const name of wanted) running.add(name);
  const clusterReady = await waitReady({ config, provider, running: [...running].sort(), started: wanted, on });
  const addresses = machinesNamed(config, [...running]).map(({ address }) => address);
  if (clusterReady) await removeLeftOvers(config, addresses, on);
  if (clusterReady)
    await inPhase(on, { subject: 'lab', phase: 'routes', minor: true }, async () =>
      routeContainers(lab.paths.hostLink, await containerSubnets(addresses, config.stretch)),
    );
  return { steps, tookMs: performance.now() - began, clusterReady };
}
