import { Buffer } from 'node:buffer';
import { gunzipSync } from 'node:zlib';
import { LabError } from '../../../errors/lab-error.ts';
import { checkConfig } from './check-config.ts';
import { readDataUrl } from './data-url.ts';
import { defineConfig } from './define-config.ts';
import { JsonProblem, lineAndColumn, offsetKey, readJson, type PlacedJson } from './json-reader.ts';
import { problemError, type Problem } from './problem.ts';
import type { IgnitionConfig, Resource } from './types.ts';

/**
 * Reads a reader's own Ignition file with every check of defineConfig, and more: nothing that its `config.merge` or
 * `config.replace` brings in may escape them, so those must be data: URLs, and are checked too.
 * @param fileName how messages call the file
 * @throws LabError ignition.json and ignition.* with file, line and column
 */
export function parseIgnition(text: string, fileName: string): IgnitionConfig {
  const placed = read(text, fileName);
  const place = (path: readonly (string | number)[]): string => {
    const { line, column } = lineAndColumn(text, nearestOffset(placed, path));
    return `${fileName}:${line}:${column}: `;
  };
  const [first, ...others] = checkConfig(placed.value);
  if (first) throw problemError([first, ...others], place);
  const config = placed.value as IgnitionConfig;
  const [hidden, ...more] = includedProblems(config, fileName);
  if (hidden) throw problemError([hidden, ...more], place);
  return defineConfig(config);
}

function read(text: string, fileName: string): PlacedJson {
  if (text.trim() === '') throw notJson(`${fileName}: is empty (Ignition would boot the machine with nothing done)`);
  try {
    return readJson(text);
  } catch (error) {
    if (!(error instanceof JsonProblem)) throw error;
    const { line, column } = lineAndColumn(text, error.offset);
    const shown = (text.split('\n')[line - 1] ?? '').slice(Math.max(0, column - 60), column + 60);
    throw notJson(`${fileName}:${line}:${column}: ${error.message}`, [shown], text);
  }
}

function notJson(cause: string, evidence: readonly string[] = [], text = ''): LabError {
  const yaml = /^\s*(?:#cloud-config|variant:|[a-z]+:\s*$)/m.test(text) && !text.trimStart().startsWith('{');
  const next = yaml
    ? 'This looks like YAML (cloud-config or Butane): translate it to Ignition JSON 3.3.0 first, for example with `butane`.'
    : 'Correct the JSON; `ignition-validate FILE` helps to check it.';
  return new LabError({ code: 'ignition.json', cause, evidence, next });
}

/** Where a path stands, or the nearest thing around it (a missing key has no place of its own). */
function nearestOffset({ offsets }: PlacedJson, path: readonly (string | number)[]): number {
  return (
    offsets.get(offsetKey(path)) ?? (path.length === 0 ? 0 : nearestOffset({ value: null, offsets }, path.slice(0, -1)))
  );
}

function includedProblems({ ignition }: IgnitionConfig, fileName: string): readonly Problem[] {
  const { merge = [], replace } = ignition.config ?? {};
  return [
    ...merge.flatMap((resource, i) => includedProblem(resource, ['ignition', 'config', 'merge', i], fileName)),
    ...(replace ? includedProblem(replace, ['ignition', 'config', 'replace'], fileName) : []),
  ];
}

function includedProblem(resource: Resource, path: readonly (string | number)[], fileName: string): Problem[] {
  const bytes = readDataUrl(resource.source ?? '');
  const at = [...path, 'source'];
  if (!bytes) {
    const message = 'fetches another config, which cannot be checked before a machine runs it';
    const next = 'Put its contents into this file, or into a data: URL.';
    return [{ code: 'ignition.remote', path: at, message, next }];
  }
  try {
    const plain = resource.compression === 'gzip' ? gunzipSync(bytes, { maxOutputLength: 64 * 1024 ** 2 }) : bytes;
    parseIgnition(Buffer.from(plain).toString('utf8'), `${fileName} (included config)`);
    return [];
  } catch (error) {
    if (error instanceof LabError) return [{ code: error.code, path: at, message: error.message, next: error.next }];
    const message = 'holds no readable gzip data';
    return [{ code: 'ignition.source', path: at, message, next: 'Compress it with gzip, or leave compression out.' }];
  }
}
