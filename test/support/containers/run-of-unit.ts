import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { joinedValue } from '#platform/fleet/unit/lines.ts';
import { parseUnitFile } from '#platform/fleet/unit/parse.ts';
import { expandSpecifiers } from '#platform/fleet/unit/specifiers.ts';
import { valuesOf } from '#platform/fleet/unit/unit-file.ts';
import { repoDir } from '../lab-cli.ts';

/** What a unit file has Docker run. */
export interface UnitRun {
  readonly image: string;
  /** `-p HOST:CONTAINER` */
  readonly ports: readonly { readonly host: number; readonly container: number }[];
  /** `-e NAME=VALUE` */
  readonly env: Readonly<Record<string, string>>;
  /** `--ulimit nofile=SOFT:HARD` */
  readonly openFiles?: { readonly soft: number; readonly hard: number };
}

/**
 * The `docker run` of a file in `units/`, as its first instance has it on core-01.
 * @throws Error where it has an option that is not known here: a container without it would not be the unit's
 */
export function runOfUnit(file: string): UnitRun {
  const options = parseUnitFile(readFileSync(join(repoDir, 'units', file), 'utf8'), file);
  const line = joinedValue(valuesOf(options, 'Service', 'ExecStart').join('\n'));
  const unit = basename(file).replace('@.', '@1.');
  const words = expandSpecifiers(line, unit).replaceAll('%H', 'core-01').split(/\s+/);
  if (words.splice(0, 3).join(' ') !== '/usr/bin/docker run --rm')
    throw new Error(`${file} runs no container: ${line}`);
  const run = { image: '', ports: [] as { host: number; container: number }[], env: {} as Record<string, string> };
  let openFiles: UnitRun['openFiles'];
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (!word.startsWith('-')) return { ...run, image: word, ...(openFiles === undefined ? {} : { openFiles }) };
    const value = words.shift() ?? '';
    const [left = '', right = ''] = value.split(word === '-p' ? ':' : '=');
    if (word === '-p') run.ports.push({ host: Number(left), container: Number(right) });
    else if (word === '-e') run.env[left] = right;
    else if (word === '--ulimit' && left === 'nofile') {
      const [soft = NaN, hard = NaN] = right.split(':').map(Number);
      openFiles = { soft, hard };
    } else if (word !== '--name') throw new Error(`${file}: what does ${word} ${value} mean for its image?`);
  }
  throw new Error(`${file} names no image: ${line}`);
}
