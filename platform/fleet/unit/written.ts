import { didYouMean } from '#errors/nearest.ts';
import { joinedValue, shorten, syntaxError } from './lines.ts';
import { optionsAtLines, type OptionAtLine } from './parse.ts';
import { systemdKeys } from './systemd-keys.ts';
import { valueProblem } from './systemd-values.ts';
import type { UnitOption } from './unit-file.ts';
import { xFleetProblem } from './x-fleet-values.ts';

/**
 * Reads a unit file that somebody wrote: as `parseUnitFile`, and a key or a value that systemd would ignore with a warning is an
 * error, too, and so is a value of [X-Fleet] that fleet reads in another way than it is written. Units that come through the API are not held to that, since the original took them.
 * @throws LabError `unit.syntax` naming file:line
 */
export function parseWrittenUnit(text: string, file: string): UnitOption[] {
  return optionsAtLines(text, file).map((option) => {
    checkKey(option, file);
    return { section: option.section, name: option.name, value: option.value };
  });
}

function checkKey({ section, name, value, line }: OptionAtLine, file: string): void {
  if (section === 'X-Fleet') checkFleetValue(`${file}:${line}`, name, joinedValue(value));
  const known = systemdKeys(section);
  if (known === undefined || name.startsWith('X-')) return;
  if (!known.has(name)) {
    const elsewhere = sectionsWith(name);
    const where =
      elsewhere.length === 0 ? didYouMean(name, [...known]) : ` (it belongs into ${elsewhere.join(' or ')})`;
    throw syntaxError(
      `${file}:${line}: [${section}] has no ${name}=${where}: systemd would ignore it`,
      `correct the name, put it into its own section, or take the line out; a name of your own begins with X-`,
    );
  }
  const problem = valueProblem(section, name, joinedValue(value));
  if (problem === undefined) return;
  throw syntaxError(
    `${file}:${line}: ${name}=${shorten(joinedValue(value))} ${problem.fatal ? 'keeps systemd from starting the unit' : 'is ignored by systemd'}: ${problem.cause}`,
    `write ${name}=${problem.example}, or take the line out`,
  );
}

function checkFleetValue(at: string, name: string, value: string): void {
  const problem = xFleetProblem(name, value);
  if (problem === undefined) return;
  throw syntaxError(`${at}: ${name}=${value}: ${problem.cause}`, `write ${name}=${problem.example}`);
}

function sectionsWith(name: string): string[] {
  return ['Unit', 'Service', 'Install'].filter((section) => systemdKeys(section)?.has(name)).map((s) => `[${s}]`);
}
