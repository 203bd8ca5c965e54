import { LabError } from '#errors/lab-error.ts';
import type { Impairment } from '../../machine-provider.ts';
import { beginInGuest, endInGuest } from '../in-guest-faults.ts';

/** What takes something from a guest of VirtualBox, and what gives it back: commands as values, in order. */
export interface VirtualboxPlan {
  /** What follows `VBoxManage controlvm NAME` */
  readonly control: readonly (readonly string[])[];
  /** argv in the guest, as root */
  readonly guest: readonly (readonly string[])[];
}

const none: VirtualboxPlan = { control: [], guest: [] };

/** What must be known of the guests. */
export interface Peers {
  /** CPUs of each guest. */
  readonly cpus: number;
  /** Percent of each of them that a guest may use when nothing is wrong. */
  readonly executionCap: number;
  /** MAC address of a machine's interface on the lab's network. */
  readonly macOf: (machine: string) => string;
}

/** @throws LabError `state.capability` for what VirtualBox cannot take from a running guest */
export function planImpair(impairment: Impairment, peers: Peers): VirtualboxPlan {
  switch (impairment.kind) {
    case 'pause':
      return { ...none, control: [['pause']] };
    case 'partition':
      return { ...none, guest: [...endPartition, ...beginPartition(impairment.from, peers)] };
    case 'packet-loss':
    case 'full-disk':
      return { ...none, guest: beginInGuest(impairment) };
    case 'slow-cpu':
      return { ...none, control: [['cpuexecutioncap', String(capFor(impairment.cpus, peers.cpus))]] };
    case 'slow-disk':
      throw new LabError({
        code: 'state.capability',
        cause: 'VirtualBox limits the disk of a guest only when it was attached with a limit',
        next: 'use provider nspawn, or vagrant on libvirt, for this fault',
      });
  }
}

/** What gives back what an impairment has taken, also when it is not in force any more. Pure. */
export function planLift(impairment: Impairment, { executionCap }: Pick<Peers, 'executionCap'>): VirtualboxPlan {
  switch (impairment.kind) {
    case 'pause':
      return { ...none, control: [['resume']] };
    case 'partition':
      return { ...none, guest: endPartition };
    case 'packet-loss':
    case 'full-disk':
      return { ...none, guest: endInGuest(impairment) };
    case 'slow-cpu':
      return { ...none, control: [['cpuexecutioncap', String(executionCap)]] };
    case 'slow-disk':
      return none;
  }
}

/** All guests are behind one port of the lab's bridge, and see each other without it: so the cut is inside the guest. */
function beginPartition(from: 'all' | readonly string[], peers: Peers): string[][] {
  const filter = (direction: string, ...match: string[]) => [
    'tc',
    'filter',
    'add',
    'dev',
    'host0',
    direction,
    'protocol',
    'all',
    'pref',
    '7',
    ...match,
    'action',
    'drop',
  ];
  const filters =
    from === 'all'
      ? [filter('ingress', 'matchall'), filter('egress', 'matchall')]
      : from
          .map(peers.macOf)
          .flatMap((mac, i) => [
            filter('ingress', 'handle', String(i + 1), 'flower', 'src_mac', mac),
            filter('egress', 'handle', String(i + 1), 'flower', 'dst_mac', mac),
          ]);
  return [['tc', 'qdisc', 'add', 'dev', 'host0', 'clsact'], ...filters];
}

/** Fails where there is none, which is as good. */
const endPartition: readonly string[][] = [['tc', 'qdisc', 'del', 'dev', 'host0', 'clsact']];

/** Percent of each of its CPUs that a guest may use (VirtualBox manual, "VBoxManage controlvm", cpuexecutioncap: 1-100). */
function capFor(cpus: number, ofCpus: number): number {
  return Math.min(100, Math.max(1, Math.round((cpus / ofCpus) * 100)));
}
