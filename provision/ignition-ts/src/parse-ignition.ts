import { Buffer } from 'node:buffer';
import { isDeepStrictEqual } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { LabError } from '../../../errors/lab-error.ts';
import { readDataUrl } from './data-url.ts';
import { checkedConfig } from './define-config.ts';
import { foreignFormat } from './foreign-format.ts';
import { JsonProblem, lineAndColumn, offsetKey, readJson, type PlacedJson } from './json-reader.ts';
import { merge } from './merge.ts';
import { placeByOrigins, rememberOrigins } from './origins.ts';
import { problemError, type Place, type Problem } from './problem.ts';
import { saidOnce } from './said-twice.ts';
import { asSpec33 } from './spec-version.ts';
import type { IgnitionConfig, Resource } from './types.ts';

/**
 * Reads a reader's own Ignition file, spec 3.0 to 3.4, with every check of defineConfig, and more: nothing that its `config.merge` or
 * `config.replace` brings in may escape them, so those must be data: URLs. They are merged here as Ignition would at boot.
 * @param written text of the file
 * @param fileName how messages call the file
 * @returns of spec 3.3.0; `merge` knows where each part of it was written
 * @throws LabError ignition.json and ignition.* with file, line and column
 */
export function parseIgnition(written: string, fileName: string): IgnitionConfig {
  // Editors on Windows put a byte order mark first.
  const text = written.replace(/^\uFEFF/, '');
  const placed = read(text, fileName);
  const place: Place = (path) => {
    const { line, column } = lineAndColumn(text, nearestOffset(placed, path));
    return `${fileName}:${line}:${column}: `;
  };
  const once = saidOnce(placed.value);
  // Where something was left out, the same place in a list is another one.
  const placeOnce = isDeepStrictEqual(once, placed.value)
    ? place
    : placeByOrigins(once, [{ value: placed.value, place }]);
  const config = checkedConfig(asSpec33(once), placeOnce);
  const { config: including, ...ignition } = config.ignition;
  const include = (resource: Resource, ...at: (string | number)[]): IgnitionConfig => {
    const result = included(resource, ['ignition', 'config', ...at, 'source'], fileName);
    if ('problem' in result) throw problemError([result.problem], placeOnce);
    return result.config;
  };
  if (including?.replace) return include(including.replace, 'replace');
  const own = rememberOrigins({ ...config, ignition }, [{ value: placed.value, place }]);
  return merge(own, ...(including?.merge ?? []).map((resource, i) => include(resource, 'merge', i)));
}

function read(text: string, fileName: string): PlacedJson {
  if (text.trim() === '') throw notJson(`${fileName}: is empty (Ignition would boot the machine with nothing done)`);
  const foreign = foreignFormat(text);
  if (foreign) {
    const cause = `${fileName}:1: this is ${foreign.what}, no Ignition config (JSON)`;
    throw new LabError({ code: 'ignition.json', cause, next: foreign.next.replaceAll('FILE', fileName) });
  }
  try {
    return readJson(text);
  } catch (error) {
    if (!(error instanceof JsonProblem)) throw error;
    const { line, column } = lineAndColumn(text, error.offset);
    const shown = (text.split('\n')[line - 1] ?? '').slice(Math.max(0, column - 60), column + 60);
    throw notJson(`${fileName}:${line}:${column}: ${error.message}`, [shown]);
  }
}

function notJson(cause: string, evidence: readonly string[] = []): LabError {
  const next = 'Correct the JSON; `ignition-validate FILE` helps to check it.';
  return new LabError({ code: 'ignition.json', cause, evidence, next });
}

/** Where a path stands, or the nearest thing around it (a missing key has no place of its own). */
function nearestOffset({ offsets }: PlacedJson, path: readonly (string | number)[]): number {
  return (
    offsets.get(offsetKey(path)) ?? (path.length === 0 ? 0 : nearestOffset({ value: null, offsets }, path.slice(0, -1)))
  );
}

function included(
  resource: Resource,
  path: readonly (string | number)[],
  fileName: string,
): { readonly config: IgnitionConfig } | { readonly problem: Problem } {
  const bytes = readDataUrl(resource.source ?? '');
  if (!bytes) {
    const message = 'fetches another config, which cannot be checked before a machine runs it';
    const next = 'Put its contents into this file, or into a data: URL.';
    return { problem: { code: 'ignition.remote', path, message, next } };
  }
  try {
    const plain = resource.compression === 'gzip' ? gunzipSync(bytes, { maxOutputLength: 64 * 1024 ** 2 }) : bytes;
    return { config: parseIgnition(Buffer.from(plain).toString('utf8'), `${fileName} (included config)`) };
  } catch (error) {
    if (error instanceof LabError)
      return { problem: { code: error.code, path, message: error.message, next: error.next } };
    const message = 'holds no readable gzip data';
    return {
      problem: { code: 'ignition.source', path, message, next: 'Compress it with gzip, or leave compression out.' },
    };
  }
}
