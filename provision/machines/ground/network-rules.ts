import { machineLink } from './lab-network.ts';

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

/** iptables' rule of lost packets for the machine's table `raw`, without the verb; `percent` is 0-100. Pure. */
export function lossRule(percent: number): string[] {
  const statistic = ['-m', 'statistic', '--mode', 'random', '--probability', (percent / 100).toFixed(4)];
  return ['PREROUTING', '-i', 'host0', ...statistic, '-j', 'DROP'];
}
