import { execa } from 'execa';
import { lossRule, partitionRules } from '../ground/network-rules.ts';

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
