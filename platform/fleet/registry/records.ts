import * as z from 'zod/mini';
import { issueLines } from '#errors/issue-lines.ts';
import { desiredStates, type DesiredState, type Machine } from '../parts/model.ts';
import { parseUnitFile } from '../unit/parse.ts';
import { requirementsOf, type Requirements } from '../unit/requirements.ts';
import { hashUnit, serialiseUnit } from '../unit/serialise.ts';
import type { UnitOptions } from '../unit/unit-file.ts';

/** A unit as it lies in etcd. */
export interface UnitRecord {
  readonly name: string;
  readonly options: UnitOptions;
  /** The options as a unit file. */
  readonly text: string;
  /** SHA-1 of the text, 40 hex digits. */
  readonly hash: string;
  readonly requirements: Requirements;
  readonly desired: DesiredState;
  readonly target?: string;
  readonly blocked?: readonly string[];
  readonly moveTo?: string;
}

/** What one machine says about one unit. `job`: has the agent only loaded it, or started it too? */
export interface StateRecord {
  readonly unit: string;
  readonly machineId: string;
  readonly hash: string;
  readonly load: string;
  readonly active: string;
  readonly sub: string;
  readonly job: 'loaded' | 'launched';
  /** Why the agent could not load or start it. */
  readonly message?: string;
}

/** The value of `unit/NAME`. Pure. */
export function writeUnit(name: string, options: UnitOptions): string {
  return JSON.stringify({ Name: name, Hash: hashUnit(options), Raw: serialiseUnit(options) });
}

/** Told why a value in etcd is none of ours. Such a value is left out: one spoilt key must not take the others with it. */
export type OnBadValue = (problem: string) => void;

const unitValue = z.object({ Raw: z.string() });
type ParsedUnit = Pick<UnitRecord, 'options' | 'text' | 'hash' | 'requirements'>;
const parsed = new Map<string, ParsedUnit | { problem: string }>();

/** Undefined when the value is not a unit of ours. */
export function readUnit(name: string, value: string, onBad: OnBadValue): ParsedUnit | undefined {
  const key = `${name}\0${value}`;
  const known = parsed.get(key);
  const unit = known ?? parseStored(name, value);
  if (known === undefined) {
    if (parsed.size > 5000) parsed.clear();
    parsed.set(key, unit);
  }
  if (!('problem' in unit)) return unit;
  onBad(unit.problem);
  return undefined;
}

function parseStored(name: string, value: string): ParsedUnit | { problem: string } {
  let problem = '';
  const stored = readJson(unitValue, value, (why) => (problem = why));
  if (stored === undefined) return { problem };
  try {
    const options = parseUnitFile(stored.Raw, name);
    const text = serialiseUnit(options);
    return { options, text, hash: hashUnit(options), requirements: requirementsOf(name, options) };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

/** A unit whose desired state was never written, or is none, is wanted inactive. */
export function readDesired(value: string | undefined, onBad: OnBadValue): DesiredState {
  const state = desiredStates.find((s) => s === value);
  if (state === undefined && value !== undefined) onBad(`"${value}" is none of ${desiredStates.join(', ')}`);
  return state ?? 'inactive';
}

/** The value of `machines/ID/object`. Pure. */
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

const machineValue = z.object({
  PublicIP: z.string(),
  Hostname: z.optional(z.string()),
  Metadata: z.nullish(z.record(z.string(), z.string())),
});

/** @param overlay metadata that was set through the API */
export function readMachine(
  id: string,
  value: string,
  overlay: Readonly<Record<string, string>>,
  onBad: OnBadValue,
): Machine | undefined {
  const json = readJson(machineValue, value, onBad);
  if (json === undefined) return undefined;
  const { PublicIP: ip, Hostname: name = id.slice(0, 8), Metadata: own } = json;
  return { id, name, ip, metadata: { ...own, ...overlay } };
}

/** The value of `states/UNIT/MACHINE`. Pure. */
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

const stateValue = z.object({
  loadState: z.string(),
  activeState: z.string(),
  subState: z.string(),
  unitHash: z.string(),
  // The original says that a unit was started by another key.
  jobState: z._default(z.enum(['loaded', 'launched']), 'loaded'),
  message: z.optional(z.string()),
});

/** The other way round; undefined for what is no state, once told. Pure. */
export function readState(unit: string, machineId: string, value: string, onBad: OnBadValue): StateRecord | undefined {
  const json = readJson(stateValue, value, onBad);
  if (json === undefined) return undefined;
  const { loadState: load, activeState: active, subState: sub, unitHash: hash, jobState: job, message } = json;
  return { unit, machineId, hash, load, active, sub, job, ...(message !== undefined && { message }) };
}

const linesValue = z.array(z.string());

/** Why no machine can take a unit, one line a machine. */
export function readBlocked(value: string, onBad: OnBadValue): string[] | undefined {
  return readJson(linesValue, value, onBad);
}

function readJson<T>(schema: z.ZodMiniType<T>, value: string, onBad: OnBadValue): T | undefined {
  let json: unknown;
  try {
    json = JSON.parse(value);
  } catch {
    onBad('is no JSON');
    return undefined;
  }
  const read = schema.safeParse(json);
  if (read.success) return read.data;
  onBad(issueLines(read.error).join('; '));
  return undefined;
}
