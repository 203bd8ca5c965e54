import { LabError } from '#errors/lab-error.ts';
import { quorumOf } from '#platform/etcd/quorum-of.ts';
import type { MachineProvider } from '../../machines/machine-provider.ts';
import { machinesNamed } from '../../config/machine-named.ts';
import type { LabConfig } from '../../config/lab-config.ts';
import { type Condition, etcdHealthy, fleetLists, until } from './conditions.ts';
import { fleetApi } from '../parts/fleet-api.ts';
import { inPhase, type OnLabEvent } from '../parts/lab-event.ts';

const services = ['etcd', 'flanneld', 'docker', 'fleet'];

/**
 * Waits until the cluster of the running machines is ready: etcd healthy on each, every machine's systemd done booting
 * without a failed unit (so Docker and flannel run), fleet lists them all.
 * @returns false when fewer machines run than etcd needs for a quorum; then nothing can become ready
 */
export async function waitReady(args: {
  config: LabConfig;
  provider: MachineProvider;
  running: readonly string[];
  started: readonly string[];
  on: OnLabEvent;
}): Promise<boolean> {
  const { config, provider, running, started, on } = args;
  const quorum = quorumOf(config.machines.length);
  if (running.length < quorum) {
    const detail = `${running.length} of ${config.machines.length} machines run; etcd needs ${quorum} for a quorum, so nothing can be scheduled`;
    on({ subject: 'lab', phase: 'cluster', status: 'skipped', detail });
    return false;
  }
  const addresses = machinesNamed(config, running).map(({ address }) => address);
  const withinMs = config.timers.readyDeadlineMs;
  const wait = (phase: string, condition: Condition) =>
    inPhase(on, { subject: 'lab', phase, detail: condition.name, deadlineMs: withinMs, waits: true }, () =>
      until(
        { ...condition, evidence: () => journals(provider, running) },
        {
          withinMs,
          next: 'lab status',
          onMissing: (detail) => on({ subject: 'lab', phase, status: 'progress', detail }),
        },
      ),
    );
  await Promise.all([
    wait('etcd', etcdHealthy(addresses, config.stretch)),
    wait('fleet', fleetLists(addresses, fleetApi(config), config.stretch)),
    ...started.map((machine) =>
      inPhase(
        on,
        {
          subject: machine,
          phase: 'services',
          detail: 'ssh, etcd, flannel, Docker, fleet',
          deadlineMs: withinMs,
          waits: true,
        },
        () => waitServices(provider, machine, withinMs),
      ),
    ),
  ]);
  return true;
}

async function waitServices(provider: MachineProvider, machine: string, withinMs: number): Promise<void> {
  if ((await provider.waitBooted(machine, withinMs)) === 'running') return;
  const failed = await provider.exec(machine, [
    'systemctl',
    'list-units',
    '--failed',
    '--plain',
    '--no-legend',
    '--full',
  ]);
  const names = failed.stdout
    .split('\n')
    .map((line) => line.split(' ')[0] ?? '')
    .filter(Boolean);
  // A unit that a user started and that failed does not make the machine unfit; the lab's own services do.
  const ours = names.filter((name) => ['ssh', ...services].some((service) => name === `${service}.service`));
  if (ours.length === 0 && names.length > 0) return;
  throw new LabError({
    code: 'command.boot',
    cause:
      names.length > 0 ? `${machine} booted without ${ours.join(', ')}` : `${machine} did not finish booting in time`,
    evidence: await journals(provider, [machine]),
    next: `lab ssh ${machine} -- systemctl --failed`,
  });
}

/** The last lines of the cluster services' journals, machine by machine. */
async function journals(provider: MachineProvider, machines: readonly string[]): Promise<string[]> {
  const units = services.flatMap((service) => ['-u', `${service}.service`]);
  const perMachine = await Promise.all(
    machines.map(async (machine) => {
      const lines = await provider
        .exec(machine, ['journalctl', '--no-pager', '-q', '-o', 'cat', '-n', '6', ...units])
        .catch(() => undefined);
      return (lines?.stdout ?? '')
        .split('\n')
        .filter(Boolean)
        .map((line) => `${machine}: ${line}`);
    }),
  );
  return perMachine.flat();
}
