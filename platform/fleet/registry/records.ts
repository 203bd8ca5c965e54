import { desiredStates, type DesiredState, type Machine } from '../engine/model.ts';
import { parseUnitFile } from '../unit/parse.ts';
import { requirementsOf, type Requirements } from '../unit/requirements.ts';
import { hashUnit, serialiseUnit } from '../unit/serialise.ts';
import type { UnitOptions } from '../unit/unit-file.ts';

/** A unit as it lies in etcd. */
export interface UnitRecord {
  name: string;
  options: UnitOptions;
  /** SHA-1 of the text, 40 hex digits. */
  hash: string;
  requirements: Requirements;
  desired: DesiredState;
  target?: string;
  blocked?: readonly string[];
}

/** What one machine says about one unit. `job`: has the agent only loaded it, or started it too? */
export interface StateRecord {
  unit: string;
  machineId: string;
  hash: string;
  load: string;
  active: string;
  sub: string;
  job: 'loaded' | 'launched';
  /** Why the agent could not load or start it. */
  message?: string;
}

export function writeUnit(name: string, options: UnitOptions): string {
  return JSON.stringify({ Name: name, Hash: hashUnit(options), Raw: serialiseUnit(options) });
}

type Parsed = Pick<UnitRecord, 'options' | 'hash' | 'requirements'>;
const parsed = new Map<string, Parsed | undefined>();

/** Undefined when the value is not a unit of ours: one spoilt key must not take the others with it. */
export function readUnit(name: string, value: string): Parsed | undefined {
  const key = `${name}\0${value}`;
  if (!parsed.has(key)) {
    if (parsed.size > 5000) parsed.clear();
    parsed.set(key, parseStored(name, value));
  }
  return parsed.get(key);
}

function parseStored(name: string, value: string): Parsed | undefined {
  const raw = field(readJson(value), 'Raw');
  if (raw === undefined) return undefined;
  try {
    const options = parseUnitFile(raw, name);
    return { options, hash: hashUnit(options), requirements: requirementsOf(name, options) };
  } catch {
    return undefined;
  }
}

export function readDesired(value: string | undefined): DesiredState {
  return desiredStates.find((s) => s === value) ?? 'inactive';
}

export function writeMachine(machine: Machine): string {
  return JSON.stringify({
    ID: machine.id,
    PublicIP: machine.ip,
    Hostname: machine.name,
    Metadata: machine.metadata,
    Version: fleetVersion,
  });
}

/** The version of the original whose API and output ours follow. */
export const fleetVersion = '1.0.0';

export function readMachine(id: string, value: string, overlay: Readonly<Record<string, string>>): Machine {
  const json = readJson(value);
  const own = json['Metadata'];
  const metadata: Record<string, string> = {};
  for (const [k, v] of Object.entries({ ...(typeof own === 'object' ? own : {}), ...overlay }))
    if (typeof v === 'string') metadata[k] = v;
  return { id, name: field(json, 'Hostname') ?? id.slice(0, 8), ip: field(json, 'PublicIP') ?? '', metadata };
}

export function writeState(s: StateRecord): string {
  return JSON.stringify({
    loadState: s.load,
    activeState: s.active,
    subState: s.sub,
    machineState: { ID: s.machineId },
    unitHash: s.hash,
    jobState: s.job,
    ...(s.message !== undefined && { message: s.message }),
  });
}

export function readState(unit: string, machineId: string, value: string): StateRecord {
  const json = readJson(value);
  const message = field(json, 'message');
  return {
    unit,
    machineId,
    hash: field(json, 'unitHash') ?? '',
    load: field(json, 'loadState') ?? '',
    active: field(json, 'activeState') ?? '',
    sub: field(json, 'subState') ?? '',
    job: field(json, 'jobState') === 'launched' ? 'launched' : 'loaded',
    ...(message !== undefined && { message }),
  };
}

export function readLines(value: string): string[] {
  try {
    const json: unknown = JSON.parse(value);
    return Array.isArray(json) ? json.filter((l) => typeof l === 'string') : [value];
  } catch {
    return [value];
  }
}

function readJson(value: string): Record<string, unknown> {
  try {
    const json: unknown = JSON.parse(value);
    return typeof json === 'object' && json !== null ? (json as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function field(json: Record<string, unknown>, key: string): string | undefined {
  const value = json[key];
  return typeof value === 'string' ? value : undefined;
}
