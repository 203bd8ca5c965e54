import { isRecord } from '#errors/is-record.ts';
import { overlap, parseNetwork } from '../../config/ipv4.ts';
import { type Check, ok, warn } from '../check.ts';
import type { HostProbe } from '../host-probe.ts';
import { asList } from '../json-text.ts';

/** ip-rule(8), of `ip -json rule`; only what decides where a packet of the host itself to the lab goes. */
interface Rule {
  readonly priority: number;
  readonly table: string;
  readonly text: string;
  /** For packets from anywhere, without mark, of any interface and user. */
  readonly takesAll: boolean;
  readonly to: string;
  /** Of the table's routes only those longer than this count. */
  readonly longerThan: number;
}

/**
 * The lab's routes are in the table `main`. A VPN may have another table asked first; that matters when it has a route for
 * the lab's addresses. WireGuard's own rules ask `main` before for everything but its default route: no harm.
 */
export const routingRules: Check = {
  id: 'routing-rules',
  title: 'Routing rules',
  async run(probe, { network }) {
    const networks = [network.cidr, network.flannelCidr];
    let undecided = networks;
    for (const rule of parseRules(asList(await probe.output('ip', '-json', 'rule')))) {
      if (rule.table === 'local' || !rule.takesAll) continue;
      const asked = undecided.filter((cidr) => overlaps(rule.to, cidr));
      if (rule.table === 'main') {
        undecided = undecided.filter((cidr) => !asked.includes(cidr) || prefix(cidr) <= rule.longerThan);
        continue;
      }
      const routes = asked.length === 0 ? [] : await routesOf(probe, rule);
      const taken = asked.filter((cidr) => routes.some(({ to }) => overlaps(to, cidr)));
      const [first] = taken;
      if (first === undefined) continue;
      const way = routes.find(({ to }) => overlaps(to, first))?.way;
      const before = Math.max(1, Math.min(100, rule.priority - 1));
      const fixes = taken.map((cidr) => `ip rule add to ${cidr} lookup main priority ${before}`);
      return warn(`${rule.text} takes ${taken.join(' and ')} to ${way}, past the lab`, fixes.join(' && '));
    }
    return ok(`table main decides on ${networks.join(' and ')}`);
  },
};

function parseRules(list: readonly unknown[]): Rule[] {
  return list.filter(isRecord).map((rule) => {
    const word = (key: string): string => (typeof rule[key] === 'string' ? rule[key] : '');
    const number = (key: string, otherwise: number): number => (typeof rule[key] === 'number' ? rule[key] : otherwise);
    const marked = word('fwmark') !== '' && !('not' in rule);
    const other = ['iif', 'oif', 'uid_start', 'ipproto', 'sport', 'dport', 'tos', 'l3mdev'].some((key) => key in rule);
    const priority = number('priority', 0);
    const table = word('table') || word('action');
    const to = word('dst') === '' || word('dst') === 'all' ? '' : `${word('dst')}/${number('dstlen', 32)}`;
    return {
      priority,
      table,
      to,
      longerThan: number('suppress_prefixlen', -1),
      text: `rule ${priority} (lookup ${table})`,
      takesAll: (word('src') === '' || word('src') === 'all') && !marked && !other && table !== '',
    };
  });
}

/** Where a rule's table leads; for what it has no route to, the next rule is asked. */
async function routesOf(probe: HostProbe, rule: Rule): Promise<readonly { to: string; way: string }[]> {
  if (['blackhole', 'unreachable', 'prohibit'].includes(rule.table)) return [{ to: '', way: rule.table }];
  const routes = asList(await probe.output('ip', '-json', 'route', 'show', 'table', rule.table));
  return routes.filter(isRecord).flatMap(({ dst, dev, type }) => {
    if (typeof dst !== 'string' || type === 'throw') return [];
    const to = dst === 'default' ? '' : dst.includes('/') ? dst : `${dst}/32`;
    const way = [dev, type].find((word) => typeof word === 'string') ?? `table ${rule.table}`;
    return prefix(to) > rule.longerThan ? [{ to, way }] : [];
  });
}

/** '' is everything. */
function overlaps(network: string, lab: string): boolean {
  const [one, other] = [parseNetwork(network), parseNetwork(lab)];
  return network === '' || (one !== undefined && other !== undefined && overlap(one, other));
}

function prefix(network: string): number {
  return Number(network.split('/')[1] ?? 0);
}
