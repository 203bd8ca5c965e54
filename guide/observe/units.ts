import { LabError } from '#errors/lab-error.ts';
import { pulledImages } from '#platform/fleet/client/pulled-images.ts';
import { xFleetOptions } from '#platform/fleet/client/x-fleet-options.ts';
import type { LabConfig } from '#provision/config/lab-config.ts';
import type { ObservedUnit } from '../conditions/observed.ts';
import { labFleet } from '../../scenarios/harness/watch/lab-fleet.ts';

/** All units that fleet has, machines by their names; undefined when it does not answer. */
export async function observeUnits(
  config: Pick<LabConfig, 'name' | 'stateDir' | 'machines' | 'ports' | 'fleet'>,
  addresses: readonly string[],
  timeoutMs: number,
): Promise<ObservedUnit[] | undefined> {
  const fleet = labFleet(config, addresses, timeoutMs);
  try {
    const [machines, units, states] = await Promise.all([fleet.listMachines(), fleet.listUnits(), fleet.listStates()]);
    const names = new Map(
      machines.map(({ id, primaryIP }) => [
        id,
        config.machines.find(({ address }) => address === primaryIP)?.name ?? id,
      ]),
    );
    const nameOf = (id: string | undefined) => (id === undefined || id === '' ? undefined : (names.get(id) ?? id));
    return units.map((unit): ObservedUnit => ({
      name: unit.name,
      desired: unit.desiredState ?? 'inactive',
      target: nameOf(unit.machineID),
      reason: unit.reason,
      states: states
        .filter(({ name }) => name === unit.name)
        .flatMap((state) => {
          const machine = nameOf(state.machineID);
          // A state that nobody publishes is of no machine.
          if (machine === undefined) return [];
          const { systemdActiveState: active = 'unknown', systemdSubState: sub = 'unknown', message } = state;
          return [{ machine, state: `${active}/${sub}`, message: message === '' ? undefined : message }];
        }),
      fleetOptions: xFleetOptions(unit.name, unit.options),
      pulls: pulledImages(unit.options),
    }));
  } catch (error) {
    if (error instanceof LabError) return undefined;
    throw error;
  }
}
