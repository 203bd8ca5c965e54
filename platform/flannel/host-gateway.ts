import { linkOf, runAll, type Backend } from './backend.ts';
import type { NetworkConfig } from './network-config.ts';
import { planRoutes, readRoutes } from './routes.ts';
import type { Run } from './run-command.ts';

/** Backend `host-gw`: every machine is on one segment, so each other machine is the gateway to its own subnet. */
export function hostGateway(config: NetworkConfig, iface: string, run: Run): Backend {
  return {
    prepare: async () => ({ mtu: (await linkOf(run, iface)).mtu }),
    start: async () => {},
    async apply(own, leases) {
      const current = readRoutes(await run('ip', ['-j', '-4', 'route', 'show', 'dev', iface]));
      const plan = planRoutes(config, own, leases, current, (via) => ['via', via, 'dev', iface]);
      return runAll(run, plan.map((args) => ['ip', ...args])); // prettier-ignore
    },
  };
}
