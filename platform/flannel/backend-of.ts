import type { Backend } from './backend.ts';
import { hostGateway } from './host-gateway.ts';
import type { NetworkConfig } from './network-config.ts';
import type { Run } from './run-command.ts';
import { vxlan } from './vxlan.ts';

/** The backend that the network's configuration names. */
export function backendOf(config: NetworkConfig, host: { iface: string; publicIp: string }, run: Run): Backend {
  return config.backend.type === 'vxlan'
    ? vxlan(config, { ...config.backend, ...host }, run)
    : hostGateway(config, host.iface, run);
}
