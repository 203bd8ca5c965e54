import { LabError } from '#errors/lab-error.ts';
import { peerUrl } from '#platform/etcd/ports.ts';
import type { MachineProvider } from '../../machines/machine-provider.ts';
import type { LabConfig } from '../../config/lab-config.ts';
import { machineNamed } from '../../config/machine-named.ts';
import { etcdHealthy, until } from '../conditions/conditions.ts';
import type { IgnitionOf } from '../ignition/ignition-configs.ts';
import { inPhase, type OnLabEvent } from '../parts/lab-event.ts';
import { addMember, removeMember } from '../members/change-members.ts';
import { decideMembers } from '../members/decide-members.ts';
import type { EtcdStart, Member } from '../members/member.ts';
import { machineOf } from '../members/machine-of.ts';
import type { MemberStep } from '../members/plan-members.ts';
import { noLongerToBegin } from './still-to-begin.ts';

/**
 * Makes machines that have no disk: all at once when they begin a cluster, else one after the other, each in the place
 * of its old etcd member.
 * @throws LabError `state.quorum`, `timeout.condition`
 */
export async function createMachines(args: {
  config: LabConfig;
  provider: Pick<MachineProvider, 'start' | 'status' | 'exec'>;
  fresh: readonly string[];
  ignitionOf: IgnitionOf;
  on: OnLabEvent;
}): Promise<void> {
  const { config, provider, fresh, ignitionOf, on } = args;
  await noLongerToBegin({ config }, fresh);
  const boot = (machine: string, etcd?: EtcdStart) =>
    inPhase(on, { subject: machine, phase: 'boot', detail: 'new disk, Ignition, first boot' }, () =>
      provider.start(machine, ignitionOf(machine, etcd)),
    );
  const status = await provider.status();
  const existing = status.machines.filter(({ name, state }) => state !== 'absent' && !fresh.includes(name));
  const kept = existing.map(({ name }) => name);
  // One that a killed run left booting will run.
  const running = existing.filter(({ state }) => state === 'running' || state === 'starting').map(({ name }) => name);
  if (kept.length === 0) return void (await Promise.all(fresh.map((machine) => boot(machine))));

  const { machines, timers, stretch } = config;
  const withinMs = timers.readyDeadlineMs;
  const subject = fresh.length === 1 ? (fresh[0] ?? 'lab') : 'lab';
  const phase = { subject, phase: 'etcd members', detail: 'ask etcd who they are', deadlineMs: withinMs };
  const onMissing = (detail: string) => on({ subject, phase: phase.phase, status: 'progress', detail });
  const plan = await inPhase(on, phase, () =>
    decideMembers(
      { machines, range: config.network.cidr, fresh, kept, running },
      { withinMs, stretch, onMissing, everServed: () => everServed(provider, running) },
    ),
  );
  if (plan.kind === 'bootstrap') return void (await Promise.all(fresh.map((machine) => boot(machine))));
  const addresses = running.map((name) => machineNamed(config, name).address);
  for (const [index, step] of plan.steps.entries()) {
    const etcd = await changeMembers(config, step, addresses, on);
    if (etcd === undefined) continue;
    await boot(step.machine, etcd);
    addresses.push(machineNamed(config, step.machine).address);
    // The next can be added only when this one is connected.
    if (index < plan.steps.length - 1) await until(etcdHealthy(addresses, stretch), { withinMs, next: 'lab status' });
  }
}

/** @returns for a machine that joins: the cluster it joins */
async function changeMembers(
  config: LabConfig,
  step: MemberStep,
  addresses: readonly string[],
  on: OnLabEvent,
): Promise<EtcdStart | undefined> {
  const withinMs = config.timers.readyDeadlineMs;
  const phase = step.action === 'remove' ? 'old etcd member' : 'etcd member';
  const onMissing = (detail: string) => on({ subject: step.machine, phase, status: 'progress', detail });
  const options = { addresses, withinMs, stretch: config.stretch, onMissing };
  if (step.action === 'remove') {
    const detail = 'remove it: no machine has its data';
    await inPhase(on, { subject: step.machine, phase, detail, deadlineMs: withinMs }, () =>
      removeMember(step.id, options),
    );
    return undefined;
  }
  const url = peerUrl(machineNamed(config, step.machine).address);
  const detail = 'add it as a new one';
  const members = await inPhase(on, { subject: step.machine, phase, detail, deadlineMs: withinMs }, () =>
    addMember(url, options),
  );
  return joining(members, config);
}

/** What a joining member must be told: exactly the members there are, each by its machine's name. */
function joining(members: readonly Member[], { machines }: LabConfig): EtcdStart {
  const named = members.map((member) => {
    const name = machineOf(member, machines) ?? member.name;
    const [url] = member.peerUrls;
    if (url !== undefined) return { name, peerUrl: url };
    throw new LabError({
      code: 'internal.etcd',
      cause: `etcd lists member ${name || member.id} without a peer URL, so no other can be told of it`,
      next: 'report this',
    });
  });
  return { state: 'existing', members: named };
}

/** etcd answers clients only once it has seen a quorum, and says so in the machine's journal. */
async function everServed(provider: Pick<MachineProvider, 'exec'>, machines: readonly string[]): Promise<boolean> {
  const said = ['--grep=ready to serve client requests|serving client traffic', '--lines=1', '--output=cat'];
  const answers = await Promise.all(
    machines.map((machine) => provider.exec(machine, ['journalctl', '--quiet', '--unit=etcd.service', ...said])),
  );
  return answers.some(({ stdout }) => stdout.trim() !== '');
}
