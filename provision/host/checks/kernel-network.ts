import { type Check, fail, ok, warn } from '../check.ts';
import type { HostProbe } from '../host-probe.ts';
import { kernelModule } from '../kernel-module.ts';

export const bridge: Check = {
  id: 'kernel-network',
  title: 'Bridge and veth',
  run(probe) {
    const found = ['bridge', 'veth'].map((name) => ({ name, ...kernelModule(probe, name) }));
    for (const one of found)
      if (one.state === 'barred') return fail(`${one.name} is not loaded, and ${one.why}`, one.fix);
    const unsure = found.filter(({ state }) => state === 'absent' || state === 'unknown').map(({ name }) => name);
    // A built-in driver without parameters, as veth is, shows nowhere when the host has no /lib/modules.
    const hasModules = probe.list('/lib/modules').length > 0;
    if (unsure.length === 0) return ok('in the kernel or loadable');
    if (!hasModules && !unsure.includes('bridge'))
      return ok('bridge is there; veth is built in where it shows nowhere');
    return warn(
      `no sign of ${unsure.join(' and ')} (built in, perhaps)`,
      `try it: ip link add labtest type ${unsure[0]} && ip link del labtest`,
    );
  },
};

/** Modules of the faults that filter packets; which ones follows from what Debian's alternatives lead to. */
function faultModules(probe: HostProbe): Readonly<Record<string, readonly string[]>> {
  const legacy = (tool: string): boolean => probe.target(`/etc/alternatives/${tool}`)?.endsWith('-legacy') ?? false;
  return {
    partition: legacy('ebtables') ? ['ebtables', 'ebtable_filter'] : ['nf_tables'],
    'packet-loss': ['xt_statistic', ...(legacy('iptables') ? ['iptable_raw'] : ['nf_tables', 'nft_compat'])],
  };
}

/** Only faults need them: without, the lab runs and a scenario says at the fault that it cannot be made. */
export const faults: Check = {
  id: 'kernel-faults',
  title: 'Network faults',
  run(probe) {
    const broken = Object.entries(faultModules(probe)).flatMap(([fault, modules]) => {
      const missing = modules.flatMap((name) => {
        const found = kernelModule(probe, name);
        if (found.state === 'barred') return [{ name: `${name} (${found.why})`, fix: found.fix }];
        return found.state === 'absent' ? [{ name, fix: 'use a kernel with netfilter, as the ones of Debian' }] : [];
      });
      return missing.length === 0 ? [] : [{ fault, missing }];
    });
    const [first] = broken;
    if (first === undefined) return ok(`nothing stands against ${Object.keys(faultModules(probe)).join(' and ')}`);
    const detail = broken.map(({ fault, missing }) => `no ${fault}, without ${missing.map((m) => m.name).join(', ')}`);
    return warn(detail.join('; '), [...new Set(broken.flatMap(({ missing }) => missing.map((m) => m.fix)))].join('; '));
  },
};
