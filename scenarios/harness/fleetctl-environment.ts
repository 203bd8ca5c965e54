import { join } from 'node:path';
import type { Lab } from '../../provision/cluster/lab.ts';
import type { MachineConfig } from '../../provision/config/lab-config.ts';

/** Seconds that fleetctl waits for an answer of containers: its own default. */
const answerS = 8;

/** Points fleetctl at fleet's API on these machines of a lab, with the lab's key for what it does by ssh. */
export function fleetctlEnvironment(lab: Lab, machines: readonly MachineConfig[]): Record<string, string> {
  const endpoints = machines.map(({ address }) => `http://${address}:${lab.config.ports.fleetApi}`);
  return {
    FLEETCTL_ENDPOINT: endpoints.join(','),
    FLEETCTL_SSH_KEY: join(lab.paths.keysDir, 'id_ed25519'),
    FLEETCTL_REQUEST_TIMEOUT: String(answerS * lab.config.stretch),
  };
}
