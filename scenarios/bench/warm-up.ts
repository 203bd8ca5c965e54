import { cpus } from 'node:os';
import { join } from 'node:path';
import type { Lab } from '#provision/cluster/lab.ts';
import { supervisorSpec } from '#provision/cluster/supervisor-spec.ts';
import { ensureOsImage } from '#provision/image/os/build-os-image.ts';
import { osRecipe } from '#provision/image/os/recipe.ts';
import { labPaths } from '#provision/machines/ground/lab-paths.ts';
import { NspawnProvider } from '#provision/machines/nspawn/nspawn-provider.ts';

/** How long something took, and the CPU time of the whole host meanwhile, both in ms: of what was measured only where nothing else runs. */
export interface Cost {
  readonly ms: number;
  readonly cpuMs: number;
}

/**
 * The floor of `lab up`: the same OS image, bare (no Ignition, no cluster), as many machines, all booted at once under
 * the same limits to multi-user.target.
 * @returns from the first start to the last machine's boot; the supervisor's own start is not in it
 */
export async function bareBoot(lab: Lab): Promise<Cost> {
  const { config, repoDir } = lab;
  const os = await ensureOsImage(osRecipe(repoDir, config.images.suite), config.cacheDir, () => undefined);
  const name = 'bare';
  const stateDir = join(config.stateDir, '..', name);
  const images = { registryStorage: undefined, osRootOf: () => os.rootDir };
  const machines = config.machines.map((machine) => machine.name);
  const provider = new NspawnProvider({
    paths: labPaths(name, stateDir),
    network: config.network,
    lab: name,
    machines,
    stretch: config.stretch,
    record: { provider: 'nspawn' },
    specOf: (known) => {
      const { rsvp: _rsvp, ...spec } = supervisorSpec({ config: { ...config, name, stateDir }, repoDir, ...known });
      return spec;
    },
    bundle: join(repoDir, 'dist/cli/supervisor.js'),
    bare: true,
  });
  await provider.destroy();
  try {
    await provider.prepare(images);
    const boot = async (machine: string): Promise<void> => {
      await provider.start(machine, '');
      await provider.waitBooted(machine, config.timers.bootDeadlineMs);
    };
    return await costOf(() => Promise.all(machines.map(boot)));
  } finally {
    await provider.destroy();
  }
}

/** `lab up` with warm caches and no machines, until etcd, Docker, flannel are healthy and fleet lists all machines. */
export async function warmUp(lab: Lab): Promise<Cost> {
  await lab.destroy();
  return costOf(() => lab.up());
}

async function costOf(act: () => Promise<unknown>): Promise<Cost> {
  const [began, busy] = [performance.now(), busyMs()];
  await act();
  return { ms: performance.now() - began, cpuMs: busyMs() - busy };
}

/** CPU time of all that has run on this host, ms. */
function busyMs(): number {
  return cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);
}
