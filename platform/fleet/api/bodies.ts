import type { Machine } from '../parts/model.ts';
import type { StateRecord, UnitRecord } from '../registry/records.ts';
import { currentState } from '../registry/view.ts';
import { withoutEmpty } from './reply.ts';

/** What the API says of a unit. `reason` (why no machine can take it, one part a machine, divided by `; `) is our addition. */
export function unitBodyOf(unit: UnitRecord, ownStates: readonly StateRecord[]): Record<string, unknown> {
  const global = unit.requirements.global;
  return withoutEmpty({
    name: unit.name,
    options: unit.options,
    desiredState: unit.desired,
    currentState: global ? '' : currentState(unit, ownStates),
    machineID: global ? '' : unit.target,
    reason: unit.blocked?.join('; '),
  });
}

/** What the API says of a unit on a machine. `message` (why the agent could not load or start it) is our addition. */
export function stateBodyOf(s: StateRecord): Record<string, unknown> {
  return withoutEmpty({
    name: s.unit,
    hash: s.hash,
    machineID: s.machineId,
    systemdLoadState: s.load,
    systemdActiveState: s.active,
    systemdSubState: s.sub,
    message: s.message,
  });
}

/** What the API says of a machine. `hostname` is our addition. */
export function machineBodyOf(m: Machine): Record<string, unknown> {
  return withoutEmpty({
    id: m.id,
    // A metadata value that was removed through the API is masked by an empty one.
    metadata: Object.fromEntries(Object.entries(m.metadata).filter(([, v]) => v !== '')),
    primaryIP: m.ip,
    hostname: m.name,
  });
}

/** States by their unit. */
export function statesByUnit(states: readonly StateRecord[]): ReadonlyMap<string, readonly StateRecord[]> {
  const found = new Map<string, StateRecord[]>();
  for (const state of states) {
    const own = found.get(state.unit);
    if (own === undefined) found.set(state.unit, [state]);
    else own.push(state);
  }
  return found;
}
