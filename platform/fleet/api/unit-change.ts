import * as z from 'zod/mini';
import { issueLines } from '#errors/issue-lines.ts';
import { LabError } from '#errors/lab-error.ts';
import type { FleetKeys } from '../../etcd/keys/fleet-keys.ts';
import type { Guard, Write } from '../../etcd/store.ts';
import { desiredStates, type DesiredState } from '../parts/model.ts';
import { type UnitRecord, writeUnit } from '../registry/records.ts';
import { isTemplate } from '../unit/name.ts';
import { hashUnit } from '../unit/serialise.ts';
import type { UnitOptions } from '../unit/unit-file.ts';
import { validateUnit } from '../unit/validate.ts';
import { ApiError } from './reply.ts';

/** What somebody wants a unit to be. */
export interface UnitChange {
  readonly name: string;
  /** Empty: as it is. */
  readonly options: UnitOptions;
  /** Undefined: as it is, inactive for a new unit. */
  readonly desired: DesiredState | undefined;
}

/** A change of one unit, ready to be written. `guard` holds as long as the unit is what the plan was made for. */
export interface PlannedChange {
  readonly name: string;
  readonly status: 201 | 204;
  readonly guard: Guard;
  readonly content: readonly Write[];
  readonly wish: readonly Write[];
}

const optionBody = z.object({ section: z.string(), name: z.string(), value: z.string() });
export const unitBody = z.object({
  name: z.nullish(z.string()),
  options: z.nullish(z.array(optionBody)),
  desiredState: z.nullish(z.string()),
});
/** The keys of a unit's body, in their own spelling. */
export const unitBodyKeys = [...Object.keys(unitBody.shape), ...Object.keys(optionBody.shape)];

/** @throws ApiError 400 */
export function readUnitChange(name: string, json: unknown): UnitChange {
  const body = readBodyAs(unitBody, json);
  const inBody = body.name ?? '';
  if (inBody !== '' && inBody !== name) {
    throw new ApiError(400, `name in URL "${name}" differs from unit name in request body "${inBody}"`);
  }
  return { name, options: body.options ?? [], desired: readDesiredState(body.desiredState ?? '') };
}

/** @throws ApiError 400 */
export function readBodyAs<T>(schema: z.ZodMiniType<T>, json: unknown): T {
  const body = schema.safeParse(json);
  if (body.success) return body.data;
  const [problem] = issueLines(body.error);
  throw new ApiError(400, `unable to decode body: ${problem ?? ''}`);
}

/**
 * Checks a change against what is there of the unit and says what is to be written. What is checked for an update is checked for a new
 * unit too. Pure.
 * @param revision of the unit's content in the store; undefined where that is not known
 * @throws ApiError 400, 409
 */
export function planChange(
  keys: FleetKeys,
  { name, options, desired }: UnitChange,
  existing: UnitRecord | undefined,
  revision: number | undefined,
): PlannedChange {
  if (options.length > 0) check(name, options);
  else if (existing === undefined) throw new ApiError(409, 'unit does not exist and options field empty');
  const changed = options.length > 0 && (existing === undefined || hashUnit(options) !== existing.hash);
  if (!changed && desired === undefined) throw new ApiError(409, 'must provide DesiredState to update existing unit');
  if (desired !== undefined && desired !== 'inactive' && isTemplate(name)) {
    throw new ApiError(400, `cannot activate template "${name}"`);
  }
  const job = keys.job(name);
  const wished = desired ?? (existing === undefined ? 'inactive' : undefined);
  return {
    name,
    status: changed ? 201 : 204,
    guard: guardOf(job.object, existing, options.length > 0 ? revision : undefined),
    content: changed ? [{ put: job.object, value: writeUnit(name, options) }] : [],
    wish: [
      // A reason from before says nothing about what is wanted now; the engine writes a new one if need be.
      ...(existing?.blocked ? [{ delete: job.blocked }] : []),
      ...(wished === undefined ? [] : [{ put: job.desired, value: wished }]),
    ],
  };
}

/** Who says what a unit contains has compared it with what was there. */
function guardOf(object: string, existing: UnitRecord | undefined, revision: number | undefined): Guard {
  if (existing === undefined) return { key: object, absent: true };
  return revision === undefined ? { key: object, exists: true } : { key: object, modRevision: revision };
}

function readDesiredState(text: string): DesiredState | undefined {
  if (text === '') return undefined;
  const state = desiredStates.find((s) => s === text);
  if (state === undefined)
    throw new ApiError(400, `invalid desiredState "${text}": must be one of ${desiredStates.join(', ')}`);
  return state;
}

function check(name: string, options: UnitOptions): void {
  try {
    validateUnit(name, options);
  } catch (error) {
    if (error instanceof LabError) throw new ApiError(400, error.message);
    throw error;
  }
}
