import type { LabConfig } from '#provision/config/lab-config.ts';
import { fleetApi } from '#provision/cluster/parts/fleet-api.ts';
import { openFleetClient } from '#platform/fleet/client/fleet-client.ts';
import { failoverTransport } from '#platform/fleet/client/transport.ts';
import type { FleetFacts } from '../../checkers/fleet-facts.ts';

const answerMs = 8_000;

/**
 * Takes every unit out of the fleet, and what was said of machines through the API.
 * @throws LabError `state.fleet-unreachable`, `unit.refused`
 */
export async function clearFleet(
  config: Pick<LabConfig, 'name' | 'stateDir' | 'ports' | 'fleet' | 'machines'>,
  { machines }: FleetFacts,
): Promise<void> {
  const api = fleetApi(config);
  const endpoints = config.machines.map(({ address }) => api.urlOf(address));
  const credentials = api.credentials();
  const fleet = openFleetClient({ endpoints, credentials });
  await fleet.changeUnits((await fleet.listUnits()).map(({ name }) => ({ name, destroy: true })));
  const removals = machines.flatMap(({ id }) =>
    ['rack', 'slot'].map((key) => ({ op: 'remove', path: `/${id}/metadata/${key}` })),
  );
  await failoverTransport(endpoints, answerMs, credentials).send('PATCH', '/fleet/v1/machines', removals);
}
