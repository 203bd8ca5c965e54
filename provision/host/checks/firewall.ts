import { isRecord } from '#errors/is-record.ts';
import { type Check, ok, warn } from '../check.ts';
import type { HostProbe } from '../host-probe.ts';
import { parse } from '../json-text.ts';

type Hook = 'input' | 'output';

/** A chain that everything of one way passes, and what is dropped there unless a rule says otherwise. */
interface Filter {
  readonly hook: Hook;
  /** `chain input of table inet filter` */
  readonly name: string;
  /** All rules that may be passed, in whatever notation. */
  readonly rules: string;
  /** Lets everything on the lab's link pass. */
  readonly fix: string;
}

/**
 * The machines are in a network namespace of their own, so what they say to each other and to the lab's services passes
 * no rule of the host. The host talks to them over the lab's link: its packets must get out, and the answers in.
 */
export const firewall: Check = {
  id: 'firewall',
  title: 'Firewall',
  async run(probe, { name }) {
    const link = `lab-${name}`;
    const { filters, firewalld } = await dropping(probe, link);
    const harmful = filters.find(({ hook, rules }) => !rules.includes(link) && !(hook === 'input' && lets(rules)));
    if (harmful !== undefined) {
      const what = harmful.hook === 'input' ? "the machines' answers" : 'what the host sends to machines';
      const fix = firewalld
        ? `firewall-cmd --permanent --zone=trusted --add-interface=${link} && firewall-cmd --reload`
        : harmful.fix;
      return warn(`${harmful.name} drops ${what} (link ${link})`, fix);
    }
    if (firewalld) return ok('firewalld is active, and lets answers through: the lab needs no more');
    const [first] = filters;
    return ok(
      first === undefined
        ? 'nothing is dropped between the host and the machines'
        : `${first.name} drops, but lets answers through`,
    );
  },
};

/** Connection tracking, however it is written: nft's `ct state`, or iptables' matches, which nft's JSON only names. */
function lets(rules: string): boolean {
  return /established|"name":\s*"(?:conntrack|state)"/i.test(rules);
}

async function dropping(probe: HostProbe, link: string): Promise<{ filters: Filter[]; firewalld: boolean }> {
  const listed = await probe.output('nft', '-j', 'list', 'chains');
  const chains = nftObjects(listed).flatMap((object) => (isRecord(object['chain']) ? [object['chain']] : []));
  const filters: Filter[] = [];
  for (const { family, table, name, hook, policy } of chains) {
    if ((family !== 'inet' && family !== 'ip') || (hook !== 'input' && hook !== 'output')) continue;
    if (policy !== 'drop' || typeof table !== 'string' || typeof name !== 'string') continue;
    const rules = await probe.output('nft', '-j', 'list', 'table', family, table);
    // Gone since the chains were listed.
    if (rules === undefined) continue;
    const way = hook === 'input' ? 'iifname' : 'oifname';
    filters.push({
      hook,
      name: `chain ${name} of table ${family} ${table}`,
      rules,
      fix: `nft insert rule ${family} ${table} ${name} ${way} "${link}" accept`,
    });
  }
  // Tables of the old kind are not nft's; asking for one that is not there would have the kernel make it.
  const legacy = /^filter$/m.test(probe.read('/proc/net/ip_tables_names') ?? '');
  const tools = [...(listed === undefined ? ['iptables-nft'] : []), ...(legacy ? ['iptables-legacy'] : [])];
  for (const tool of tools) filters.push(...iptablesFilters(tool, (await probe.output(tool, '-S')) ?? '', link));
  return { filters, firewalld: chains.some(({ table }) => table === 'firewalld') };
}

function nftObjects(text: string | undefined): readonly Readonly<Record<string, unknown>>[] {
  const value = parse(text);
  const list = isRecord(value) ? value['nftables'] : undefined;
  return Array.isArray(list) ? list.filter(isRecord) : [];
}

function iptablesFilters(tool: string, rules: string, link: string): Filter[] {
  return (['input', 'output'] as const).flatMap((hook) => {
    const chain = hook.toUpperCase();
    if (!new RegExp(`^-P ${chain} DROP$`, 'm').test(rules)) return [];
    const fix = `${tool} -I ${chain} ${hook === 'input' ? '-i' : '-o'} ${link} -j ACCEPT`;
    return [{ hook, name: `chain ${chain} of ${tool}`, rules, fix }];
  });
}
