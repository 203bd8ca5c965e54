import { join } from 'node:path';
import { answerDeadlineMs, sshTimeoutS } from '#platform/fleet/client/fleet-client.ts';
import { withoutOtherClusters } from '#provision/host/other-clusters.ts';
import type { Lab } from '#provision/cluster/lab.ts';
import { fleetApi } from '#provision/cluster/parts/fleet-api.ts';
import type { MachineConfig } from '#provision/config/lab-config.ts';

/**
 * The whole environment of a fleetctl: it points at fleet's API on these machines of a lab, with the lab's key for what it does by ssh, and
 * more patience where the machines are slow. What the caller's shell says of another cluster is left out.
 */
export function fleetctlEnvironment(
  lab: Pick<Lab, 'config' | 'paths'>,
  machines: readonly MachineConfig[],
  env: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
  const api = fleetApi(lab.config);
  const endpoints = machines.map(({ address }) => api.urlOf(address));
  const credentials = Object.entries(api.files).map(([flag, file]) => [variable(flag), file] as const);
  return {
    ...withoutOtherClusters(env),
    FLEETCTL_ENDPOINT: endpoints.join(','),
    ...Object.fromEntries<string>(credentials),
    // Where the machines pull images from: a unit that names one it lacks is told so.
    FLEETCTL_REGISTRY: `${lab.config.network.bridgeAddress}:${lab.config.ports.registry}`,
    FLEETCTL_SSH_KEY: join(lab.paths.keysDir, 'id_ed25519'),
    ...(lab.config.stretch > 1 && patience(lab.config.stretch)),
  };
}

const variable = (flag: string): string => `FLEETCTL_${flag.toUpperCase().replaceAll('-', '_')}`;

/** Attempts of 2 s each that `fleetctl start` makes by itself, and that stop and destroy make. */
const startAttempts = 300;
const stopAttempts = 60;

const patience = (stretch: number) => ({
  FLEETCTL_BLOCK_ATTEMPTS: String(Math.max(startAttempts, Math.ceil(stopAttempts * stretch))),
  FLEETCTL_REQUEST_TIMEOUT: String((answerDeadlineMs / 1000) * stretch),
  FLEETCTL_SSH_TIMEOUT: String(sshTimeoutS * stretch),
});
