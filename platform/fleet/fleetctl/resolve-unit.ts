import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LabError } from '#errors/lab-error.ts';
import type { FleetClient, FleetUnit } from '../client/fleet-client.ts';
import { splitUnitName, templateOf } from '../unit/name.ts';
import { decodeUnitFile } from '../unit/lines.ts';
import { parseWrittenUnit } from '../unit/written.ts';
import { sameOptions, type UnitOptions } from '../unit/unit-file.ts';
import { hashUnit } from '../unit/serialise.ts';
import { validateUnit } from '../unit/validate.ts';
import { findUnit } from './unit-arguments.ts';

/** A unit to be submitted, loaded or started, and what is there of it. */
export interface ResolvedUnit {
  readonly name: string;
  readonly options: UnitOptions;
  readonly existing: FleetUnit | undefined;
  /** The local file that says something else than the registry, if one does. */
  readonly differsFrom: string | undefined;
  readonly localOptions: UnitOptions | undefined;
}

/**
 * Finds a unit's content: the registry; else the local file; else, for an instance, its template in the registry, then
 * the template file beside it.
 * @throws LabError `missing.unit`, `unit.*`
 */
export async function resolveUnit(
  client: FleetClient,
  argument: { path: string; name: string },
): Promise<ResolvedUnit> {
  const existing = await findUnit(client, argument.path);
  const name = existing?.name ?? argument.name;
  const file = join(dirname(argument.path), name);
  const template = templateOf(name);
  const templateFile = template === undefined ? undefined : join(dirname(argument.path), template);
  const own = await readUnitFile(file);
  const local = own ?? (templateFile === undefined ? undefined : await readUnitFile(templateFile));
  const localFile = own === undefined ? templateFile : file;
  if (existing !== undefined) {
    const same =
      local === undefined || sameOptions(local, existing.options) || hashUnit(local) === hashUnit(existing.options);
    return {
      name,
      options: existing.options,
      existing,
      differsFrom: same ? undefined : localFile,
      localOptions: local,
    };
  }
  const registryTemplate = own === undefined && template !== undefined ? await client.getUnit(template) : undefined;
  const options = own ?? registryTemplate?.options ?? local;
  if (options === undefined) throw notFound(name, template);
  validateUnit(name, options);
  return { name, options, existing, differsFrom: undefined, localOptions: local };
}

async function readUnitFile(path: string): Promise<UnitOptions | undefined> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new LabError({
      code: 'unit.unreadable',
      cause: `${path}: ${String(error)}`,
      next: `check the permissions of ${path}`,
      error,
    });
  }
  return parseWrittenUnit(decodeUnitFile(bytes, path), path);
}

function notFound(name: string, template: string | undefined): LabError {
  const cause =
    template === undefined
      ? `unable to find Unit(${name}) in Registry or on filesystem`
      : `failed getting Unit(${name}) from template: unable to find template Unit(${template}) in Registry or on filesystem`;
  const wanted = template ?? `${splitUnitName(name).stem}.service`;
  return new LabError({ code: 'missing.unit', cause, next: `fleetctl list-unit-files, or give the path of ${wanted}` });
}
