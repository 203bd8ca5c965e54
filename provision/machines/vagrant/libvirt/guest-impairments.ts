import type { Impairment } from '../../machine-provider.ts';
import { LabError } from '#errors/lab-error.ts';
import { partitionRules } from '../../ground/network-rules.ts';
import { beginInGuest, endInGuest } from '../in-guest-faults.ts';
import type { Virsh } from './virsh.ts';

/** What takes something from a guest, and what gives it back: commands as values, each list in order. */
export interface ImpairmentPlan {
  /** argv of `virsh` */
  readonly virsh: readonly (readonly string[])[];
  /** argv of `ebtables` in the lab's network namespace */
  readonly bridge: readonly (readonly string[])[];
  /** argv in the guest, as root */
  readonly guest: readonly (readonly string[])[];
}

const none: ImpairmentPlan = { virsh: [], bridge: [], guest: [] };

/** @throws LabError `state.capability` for what only containers can do */
export function planImpair(machine: string, impairment: Impairment): ImpairmentPlan {
  switch (impairment.kind) {
    case 'pause':
      return { ...none, virsh: [['suspend', machine]] };
    case 'partition':
      return { ...none, bridge: partitionRules(machine, impairment.from).map((rule) => ['-A', ...rule]) };
    case 'slow-disk':
      return { ...none, virsh: [throttle(machine, impairment.bytesPerSecond)] };
    case 'packet-loss':
    case 'full-disk':
      return { ...none, guest: beginInGuest(impairment) };
    case 'slow-cpu':
      throw new LabError({
        code: 'state.capability',
        cause: `${machine} is a virtual machine: its CPU time is not limited by the lab`,
        next: 'use provider nspawn for this fault',
      });
  }
}

/** Complete by itself: whoever undoes it may be another process than the one that did it. */
export function planLift(machine: string, impairment: Impairment): ImpairmentPlan {
  switch (impairment.kind) {
    case 'pause':
      return { ...none, virsh: [['resume', machine]] };
    case 'partition':
      return { ...none, bridge: partitionRules(machine, impairment.from).map((rule) => ['-D', ...rule]) };
    case 'slow-disk':
      return { ...none, virsh: [throttle(machine, 0)] };
    case 'packet-loss':
    case 'full-disk':
      return { ...none, guest: endInGuest(impairment) };
    case 'slow-cpu':
      return none;
  }
}

/** Each way by itself, as on nspawn; 0 is no limit (virsh(1), blkdeviotune). */
function throttle(machine: string, bytesPerSecond: number): string[] {
  const each = ['--read-bytes-sec', '--write-bytes-sec'].flatMap((option) => [option, String(bytesPerSecond)]);
  return ['blkdeviotune', machine, 'vda', ...each, '--live'];
}

/** Carries a plan out. The bridge's rules of an earlier try are taken away first, so that none stays twice. */
export async function carryOut(
  plan: ImpairmentPlan,
  means: {
    virsh: Pick<Virsh, 'run'>;
    ebtables: (argv: readonly string[], options: { mayFail: boolean }) => Promise<void>;
    guest: (argv: readonly string[]) => Promise<void>;
  },
): Promise<void> {
  for (const argv of plan.bridge) {
    if (argv[0] === '-A') await means.ebtables(['-D', ...argv.slice(1)], { mayFail: true });
    await means.ebtables(argv, { mayFail: argv[0] === '-D' });
  }
  for (const argv of plan.virsh) await means.virsh.run(...argv);
  for (const argv of plan.guest) await means.guest(argv);
}
