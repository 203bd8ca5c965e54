import { parseArgs } from 'node:util';
import { LabError } from '#errors/lab-error.ts';
import type { ParameterSpecs, ParameterValue } from '#scenarios/harness/context/parameters.ts';

export interface GivenParameters {
  readonly values: Readonly<Record<string, ParameterValue>>;
  readonly json: boolean;
  readonly help: boolean;
}

/**
 * The words after a scenario's name, read by the parameters it declares. Pure.
 * @throws LabError `usage.parameter` for an unknown parameter or a value it does not take
 */
export function parseParameters(scenario: string, specs: ParameterSpecs, words: readonly string[]): GivenParameters {
  const options = Object.fromEntries(
    Object.entries(specs).map(([name, { standard }]) => [
      option(name),
      { type: typeof standard === 'boolean' ? ('boolean' as const) : ('string' as const) },
    ]),
  );
  const given = readWords(scenario, { ...options, json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } }, [
    ...words,
  ]);
  const values = Object.entries(specs).map(([name, spec]) => {
    const text = given[option(name)];
    return [name, text === undefined ? spec.standard : parsed(scenario, spec, String(text), option(name))] as const;
  });
  return { values: Object.fromEntries(values), json: given['json'] === true, help: given['help'] === true };
}

function parsed(scenario: string, spec: ParameterSpecs[string], text: string, name: string): ParameterValue {
  try {
    return spec.parse(text, name);
  } catch (error) {
    if (!(error instanceof LabError) || error.code !== 'usage.parameter') throw error;
    const next = `lab scenario ${scenario} --help`;
    throw new LabError({ code: error.code, cause: error.message, evidence: error.evidence, next, error });
  }
}

/** A scenario's parameters as `--help` shows them. */
export function parameterHelp(scenario: string, summary: string, specs: ParameterSpecs): string {
  const rows = Object.entries(specs).map(([name, { shape, help, standard }]) => {
    const head = `  --${option(name)} ${shape}`.trimEnd();
    const given = standard === '' || standard === false ? '' : ` (default: ${String(standard)})`;
    return `${head.padEnd(34)} ${help}${given}`;
  });
  const usage = `Usage: lab scenario ${scenario}${rows.length === 0 ? '' : ' [parameters]'} [--json]`;
  return [usage, '', summary, ...(rows.length === 0 ? [] : ['', 'Parameters:', ...rows])].join('\n');
}

/** The command that gives these values; what is as usual is left out. */
export function scenarioCommand(
  name: string,
  specs: ParameterSpecs,
  values: Readonly<Record<string, ParameterValue>>,
): string {
  const words = Object.entries(values).flatMap(([key, value]) => {
    if (value === specs[key]?.standard) return [];
    if (typeof value === 'boolean') return value ? [`--${option(key)}`] : [];
    return [`--${option(key)}`, /^[\w@.,:/-]+$/.test(String(value)) ? String(value) : `'${String(value)}'`];
  });
  return ['lab', 'scenario', name, ...words].join(' ');
}

function option(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function readWords(
  scenario: string,
  options: Record<string, { type: 'boolean' | 'string'; short?: string }>,
  args: string[],
): Record<string, string | boolean | undefined> {
  try {
    return parseArgs({ args, options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    const cause = (error as Error).message.split('. ')[0] ?? '';
    const next = `lab scenario ${scenario} --help`;
    throw new LabError({ code: 'usage.parameter', cause: `scenario ${scenario}: ${cause}`, next, error });
  }
}
