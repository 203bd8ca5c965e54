import { type FleetClient, openFleetClient } from '#platform/fleet/client/fleet-client.ts';
import { fleetApi } from '#provision/cluster/parts/fleet-api.ts';
import type { LabConfig } from '#provision/config/lab-config.ts';

/** fleet of a lab, by the machines at these addresses and with what its API asks for. @param timeoutMs for each request */
export function labFleet(
  config: Pick<LabConfig, 'name' | 'stateDir' | 'ports' | 'fleet'>,
  addresses: readonly string[],
  timeoutMs: number,
): FleetClient {
  const api = fleetApi(config);
  const endpoints = addresses.map((address) => api.urlOf(address));
  return openFleetClient({ endpoints, timeoutMs, credentials: api.credentials() });
}
