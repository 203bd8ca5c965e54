import { execa } from 'execa';
import { machineLink } from './lab-network.ts';

/**
 * Cuts a machine off at the bridge, in both directions: from everything, or from these machines. All that passes the
 * bridge's ports is dropped, containers' packets and ARP included, and the machine's own link stays up. Works on ports,
 * so it holds whatever addresses the machine has.
 * @returns how to undo it
 */
export async function partition(machine: string, from: 'all' | readonly string[]): Promise<() => Promise<void>> {
  const rules = partitionRules(machine, from);
  for (const rule of rules) await execa('ebtables', ['-A', ...rule]);
  return async () => {
    for (const rule of rules) await execa('ebtables', ['-D', ...rule], { reject: false });
  };
}

/** ebtables' rules of a partition, without the verb. Pure. */
export function partitionRules(machine: string, from: 'all' | readonly string[]): string[][] {
  return from === 'all' ? isolation(machine) : from.flatMap((peer) => separation(machine, peer));
}

function isolation(machine: string): string[][] {
  const link = machineLink(machine);
  return [
    ['INPUT', '-i', link, '-j', 'DROP'],
    ['OUTPUT', '-o', link, '-j', 'DROP'],
    ['FORWARD', '-i', link, '-j', 'DROP'],
    ['FORWARD', '-o', link, '-j', 'DROP'],
  ];
}

function separation(machine: string, peer: string): string[][] {
  const [a, b] = [machineLink(machine), machineLink(peer)];
  return [
    ['FORWARD', '-i', a, '-o', b, '-j', 'DROP'],
    ['FORWARD', '-i', b, '-o', a, '-j', 'DROP'],
  ];
}

/**
 * Drops this share (0-100) of what arrives at a machine, before it is routed: packets for its containers too.
 * @returns how to undo it; with the machine, its network namespace goes, and the rule with it
 */
export async function losePackets(initPid: number, percent: number): Promise<() => Promise<void>> {
  const rule = lossRule(percent);
  const iptables = (verb: string, reject: boolean) =>
    execa('nsenter', ['-t', `${initPid}`, '-n', 'iptables', '-t', 'raw', verb, ...rule], { reject });
  await iptables('-I', true);
  return async () => void (await iptables('-D', false));
}

/** iptables' rule of lost packets for the machine's table `raw`, without the verb; `percent` is 0-100. Pure. */
export function lossRule(percent: number): string[] {
  const statistic = ['-m', 'statistic', '--mode', 'random', '--probability', (percent / 100).toFixed(4)];
  return ['PREROUTING', '-i', 'host0', ...statistic, '-j', 'DROP'];
}
