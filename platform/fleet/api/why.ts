import { startWaitsFor, up } from '../agent/start-waits.ts';
import { whyNot } from '../engine/can-run.ts';
import { conflictProblem } from '../engine/conflicts.ts';
import { describeMachine, type Machine } from '../parts/model.ts';
import { globalsFor } from '../engine/occupancy.ts';
import { readHistory } from '../registry/decision-history.ts';
import type { StateRecord, UnitRecord } from '../registry/records.ts';
import type { Picture, Registry } from '../registry/registry.ts';
import type { FleetView } from '../registry/view.ts';
import { statesByUnit, unitBodyOf } from './bodies.ts';
import { ApiError, type Reply } from './reply.ts';
import type { ApiRequest } from './request.ts';

/**
 * GET /why/NAME, our addition: {"unit", "waitsFor": [lines], "inTheWay": [{"unit", "machine"}], "decisions": [{"at", "kind", "to"?, "from"?, "reason",
 * "by", "times"?}]}, the last decision first; `at` in ms of the epoch, machines by name, the unit without its options.
 * @throws ApiError 404, 405
 */
export async function whyResource(registry: Registry, request: ApiRequest): Promise<Reply> {
  const [, name] = request.path;
  if (name === undefined) throw new ApiError(404, '');
  if (request.method !== 'GET') throw new ApiError(405, 'only GET supported against this resource');
  const picture = await registry.now();
  const unit = picture.view.units.find((u) => u.name === name);
  if (unit === undefined) throw new ApiError(404, 'unit does not exist');
  return { status: 200, body: whyBody(registry, picture, unit) };
}

function whyBody({ keys }: Registry, picture: Picture, unit: UnitRecord): Record<string, unknown> {
  const { view } = picture;
  const states = statesByUnit(view.states).get(unit.name) ?? [];
  const { options: _, ...body } = unitBodyOf(unit, states);
  return {
    unit: body,
    ...waits(unit, states, view),
    decisions: readHistory(picture.value(keys.job(unit.name).decisions)).reverse(),
  };
}

interface Waits {
  /** Of a unit that is as it is wanted: none. */
  readonly waitsFor: readonly string[];
  readonly inTheWay: readonly { readonly unit: string; readonly machine: string }[];
}

/** Pure. */
function waits(unit: UnitRecord, states: readonly StateRecord[], view: FleetView): Waits {
  const none = { waitsFor: [], inTheWay: [] };
  if (unit.desired === 'inactive') return none;
  if (unit.requirements.global) return globalWaits(unit, states, view);
  const { target } = unit;
  if (target === undefined)
    return unit.blocked === undefined ? { ...none, waitsFor: [noLeader] } : placeWaits(unit, view);
  const machine = view.machines.find((m) => m.id === target);
  if (machine === undefined) return { ...none, waitsFor: ['its machine is gone: the engine decides within the TTL'] };
  const said = states.find((s) => s.machineId === target && s.hash === unit.hash);
  const line = whereItIs(unit, machine, said, view);
  return line === undefined ? none : { ...none, waitsFor: [line] };
}

const noLeader = 'an engine that decides where it goes';

function placeWaits(unit: UnitRecord, view: FleetView): Waits {
  const inTheWay: { unit: string; machine: string }[] = [];
  for (const machine of view.machines) {
    for (const other of onMachine(machine, view))
      if (conflictProblem(unit, machine, [other]) !== undefined)
        inTheWay.push({ unit: other.name, machine: machine.name });
  }
  return { waitsFor: unit.blocked ?? [], inTheWay };
}

function globalWaits(unit: UnitRecord, states: readonly StateRecord[], view: FleetView): Waits {
  const waiting = view.machines.flatMap((machine) => {
    const beside = onMachine(machine, view).filter((u) => u.name !== unit.name);
    const said = states.find((s) => s.machineId === machine.id && s.hash === unit.hash);
    return whyNot(unit, machine, beside) ?? whereItIs(unit, machine, said, view) ?? [];
  });
  return { ...placeWaits(unit, view), waitsFor: waiting };
}

/** What its machine's agent waits for, or says of it; undefined: it is there as it is wanted. */
function whereItIs(
  unit: UnitRecord,
  machine: Machine,
  said: StateRecord | undefined,
  view: FleetView,
): string | undefined {
  const where = describeMachine(machine);
  if (said?.message !== undefined) return `${where}: ${said.message}`;
  if (said !== undefined && (unit.desired === 'loaded' || up.includes(said.active))) return undefined;
  if (said?.active === 'failed') return `${where}: systemd says failed (${said.sub}), and restarting is its business`;
  // It was started, and has run to its end.
  if (said?.job === 'launched') return undefined;
  const running = new Set(
    view.states.filter((s) => s.machineId === machine.id && up.includes(s.active)).map((s) => s.unit),
  );
  const reason = unit.desired === 'launched' ? startWaitsFor(unit.name, machine, view, running) : undefined;
  return `${where}: ${reason ?? (said === undefined ? 'its agent has not said anything of it yet' : 'its agent is about to start it')}`;
}

function onMachine(machine: Machine, { units }: FleetView): UnitRecord[] {
  const scheduled = units.filter((u) => u.target === machine.id && !u.requirements.global);
  const globals = units.filter((u) => u.requirements.global && u.desired !== 'inactive');
  return [...scheduled, ...globalsFor(machine, globals, scheduled)];
}
