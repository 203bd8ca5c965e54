import { subnetText, type Subnet } from './ipv4.ts';
import type { Run } from './run-command.ts';

/**
 * `--ip-masq`: what leaves the network takes the machine's own address, what stays inside keeps the container's, so that services see
 * who talks to them. Idempotent: each rule is looked for (-C) before it is appended (-A), the exception first.
 */
export async function masquerade(run: Run, network: Subnet, subnet: Subnet): Promise<void> {
  for (const rule of masqueradeRules(network, subnet)) {
    const present = await run('iptables', [...table, '-C', 'POSTROUTING', ...rule]).then(
      () => true,
      () => false,
    );
    if (!present) await run('iptables', [...table, '-A', 'POSTROUTING', ...rule]);
  }
}

/** The rules' own words, in their order. */
function masqueradeRules(network: Subnet, subnet: Subnet): string[][] {
  const [inside, mine] = [subnetText(network), subnetText(subnet)];
  return [
    ['-s', inside, '-d', inside, ...comment, '-j', 'RETURN'],
    ['-s', mine, '!', '-d', inside, ...comment, '-j', 'MASQUERADE'],
  ];
}

/** -w: wait for the lock that dockerd may hold. */
const table = ['-w', '5', '-t', 'nat'];
const comment = ['-m', 'comment', '--comment', 'flanneld masq'];
