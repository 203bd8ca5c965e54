import { readAnswer, refused } from './read-answer.ts';
import type { Transport } from './transport.ts';
import { type FleetMachine, type FleetUnitState, type FleetUnitStatus, watchLine } from './wire.ts';

/** A unit, and what its machines say of it. */
export interface WatchedUnit {
  readonly name: string;
  /** Undefined when there is no such unit. */
  readonly unit: FleetUnitStatus | undefined;
  /** By machine id. */
  readonly states: readonly FleetUnitState[];
}

/** Told of a unit how it is now, and which machines are present. */
export type SeeUnit = (unit: WatchedUnit, machines: readonly FleetMachine[]) => void;

/**
 * POST /watch, until `signal`.
 * @throws LabError `state.fleet-unreachable`, `input.reply`, `unit.refused`, `internal.fleetd`
 */
export async function watchUnits(
  transport: Transport,
  names: readonly string[],
  see: SeeUnit,
  signal: AbortSignal,
): Promise<void> {
  let machines: readonly FleetMachine[] = [];
  const line = (text: string): void => {
    const told = readAnswer(watchLine, text);
    machines = told.machines ?? machines;
    if (told.name !== undefined) see({ name: told.name, unit: told.unit, states: told.states }, machines);
  };
  const refusal = await transport.follow('/fleet/v1/watch', { units: names }, { line, signal });
  if (refusal !== undefined) throw refused('watch', 'units', refusal);
}
