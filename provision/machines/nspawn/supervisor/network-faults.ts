import { execa } from 'execa';
import { machineLink } from './lab-network.ts';

/**
 * Cuts a machine off at the bridge, in both directions: from everything, or from these machines. All that passes the
 * bridge's ports is dropped, containers' packets and ARP included, and the machine's own link stays up. Works on ports,
 * so it holds whatever addresses the machine has.
 * @returns how to undo it
 */
export async function partition(machine: string, from: 'all' | readonly string[]): Promise<() => Promise<void>> {
  const rules = from === 'all' ? isolation(machine) : from.flatMap((peer) => separation(machine, peer));
  for (const rule of rules) await execa('ebtables', ['-A', ...rule]);
  return async () => {
    for (const rule of rules) await execa('ebtables', ['-D', ...rule], { reject: false });
  };
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
  const probability = (percent / 100).toFixed(4);
  const rule = ['PREROUTING', '-i', 'host0', '-m', 'statistic', '--mode', 'random', '--probability', probability];
  const iptables = (verb: string, reject: boolean) =>
    execa('nsenter', ['-t', `${initPid}`, '-n', 'iptables', '-t', 'raw', verb, ...rule, '-j', 'DROP'], { reject });
  await iptables('-I', true);
  return async () => void (await iptables('-D', false));
}
