import type { LabConfig } from '../../config/lab-config.ts';
import type { MachineProvider } from '../../machines/machine-provider.ts';
import { criticalPath } from './critical-path.ts';
import type { Phase, Profile } from './phase.ts';
import { serviceTimes } from './service-times.ts';

/**
 * Where the time of a `lab up` that has ended went: what the lab's events told, and what the systemd of each machine that was
 * booted by it says of the cluster's services. A virtual machine has a clock of its own, and is not asked.
 * @param told by the lab's events
 */
export async function profileUp(
  lab: { readonly config: Pick<LabConfig, 'provider' | 'machines'>; provider(): Pick<MachineProvider, 'exec'> },
  told: readonly Phase[],
): Promise<Profile> {
  const wholeMs = Math.max(0, ...told.map(({ toMs }) => toMs));
  const booted = told.filter(({ phase }) => phase === 'boot').map(({ subject }) => subject);
  const bootMs = performance.now() - Number(process.hrtime.bigint()) / 1e6;
  const ask = { bootMs, members: lab.config.machines.length };
  const asked = lab.config.provider === 'nspawn' ? booted : [];
  const seen = await Promise.all(asked.map((name) => serviceTimes(lab.provider(), name, ask)));
  const phases = joinPhases(told, seen.flat());
  return { wholeMs, phases, path: criticalPath(phases, wholeMs) };
}

/**
 * Both as one, in the order in which they began. A machine's boot ends where its systemd begins: that it can be spoken to is
 * noticed later. Pure.
 */
export function joinPhases(told: readonly Phase[], seen: readonly Phase[]): Phase[] {
  const trimmed = told.map((phase) => {
    const systemd = seen.find((one) => one.subject === phase.subject && one.phase === 'systemd');
    const isCut = phase.phase === 'boot' && systemd !== undefined && systemd.fromMs > phase.fromMs;
    return isCut ? { ...phase, toMs: Math.min(phase.toMs, systemd.fromMs) } : phase;
  });
  return [...trimmed, ...seen].sort((a, b) => a.fromMs - b.fromMs || a.toMs - b.toMs);
}
