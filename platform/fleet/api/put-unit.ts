import { z } from 'zod';
import { LabError } from '#errors/lab-error.ts';
import type { EtcdStore } from '../../etcd/store.ts';
import { desiredStates, type DesiredState } from '../engine/model.ts';
import type { FleetKeys } from '../../etcd/keys/fleet-keys.ts';
import { writeUnit, type UnitRecord } from '../registry/records.ts';
import { isTemplate } from '../unit/name.ts';
import { hashUnit } from '../unit/serialise.ts';
import { validateUnit } from '../unit/validate.ts';
import { ApiError, type Reply } from './reply.ts';

const optionBody = z.object({ section: z.string(), name: z.string(), value: z.string() });
const unitBody = z.object({
  name: z.string().nullish(),
  options: z.array(optionBody).nullish(),
  desiredState: z.string().nullish(),
});
/** The keys of a body of PUT, in their own spelling. */
export const unitBodyKeys = [...Object.keys(unitBody.shape), ...Object.keys(optionBody.shape)];

/**
 * PUT /units/<name>: creates (201), replaces other content in place (201) or sets the desired state (204).
 * A failed check changes nothing; what is checked for an update is checked for a new unit too.
 * @throws ApiError 400, 409
 */
export async function putUnit(
  store: EtcdStore,
  keys: FleetKeys,
  name: string,
  json: unknown,
  existing: UnitRecord | undefined,
): Promise<Reply> {
  const body = unitBody.safeParse(json);
  if (!body.success) {
    const issue = body.error.issues[0];
    throw new ApiError(400, `unable to decode body: ${issue?.path.join('.') || 'body'}: ${issue?.message ?? ''}`);
  }
  const inBody = body.data.name ?? '';
  if (inBody !== '' && inBody !== name) {
    throw new ApiError(400, `name in URL "${name}" differs from unit name in request body "${inBody}"`);
  }
  const desired = readDesiredState(body.data.desiredState ?? '');
  const options = body.data.options ?? [];
  if (options.length > 0) check(name, options);
  else if (existing === undefined) throw new ApiError(409, 'unit does not exist and options field empty');
  const changed = options.length > 0 && (existing === undefined || hashUnit(options) !== existing.hash);
  if (!changed && desired === undefined) throw new ApiError(409, 'must provide DesiredState to update existing unit');
  if (desired !== undefined && desired !== 'inactive' && isTemplate(name)) {
    throw new ApiError(400, `cannot activate template "${name}"`);
  }
  const job = keys.job(name);
  const guard =
    existing === undefined ? { key: job.object, absent: true as const } : { key: job.object, exists: true as const };
  const done = await store.transact(
    [guard],
    [
      ...(changed ? [{ put: job.object, value: writeUnit(name, options) }] : []),
      // A reason from before says nothing about what is wanted now; the engine writes a new one if need be.
      ...(existing?.blocked ? [{ delete: job.blocked }] : []),
      // New content alone leaves what is wanted as it is: somebody may just have said something else.
      ...(desired !== undefined || existing === undefined ? [{ put: job.desired, value: desired ?? 'inactive' }] : []),
    ],
  );
  if (!done)
    throw new ApiError(409, `unit ${name} was ${existing ? 'destroyed' : 'created'} by somebody else just now`);
  return { status: changed ? 201 : 204 };
}

function readDesiredState(text: string): DesiredState | undefined {
  if (text === '') return undefined;
  const state = desiredStates.find((s) => s === text);
  if (state === undefined)
    throw new ApiError(400, `invalid desiredState "${text}": must be one of ${desiredStates.join(', ')}`);
  return state;
}

function check(name: string, options: { section: string; name: string; value: string }[]): void {
  try {
    validateUnit(name, options);
  } catch (error) {
    if (error instanceof LabError) throw new ApiError(400, error.message);
    throw error;
  }
}
