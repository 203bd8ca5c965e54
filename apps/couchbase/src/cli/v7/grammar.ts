/** One option of a command, long name without dashes. */
export interface OptionSpec {
  readonly name: string;
  readonly short?: string;
  /** `optional`: a value may follow, `otherwise` stands for it where none does. */
  readonly takes: 'value' | 'integer' | 'nothing' | 'optional';
  readonly otherwise?: string;
  readonly choices?: readonly string[];
  readonly required?: true;
  /** Environment variable that may say it instead. */
  readonly variable?: string;
}

/** Values by long name; a switch that was given has the value ''. */
export type Values = ReadonlyMap<string, string>;

/**
 * Parses a command's options as argparse does for couchbase-cli 7.x (no abbreviations): `--x=y`, `--x y`, `-x y`, `-xy`. Text instead of
 * values says what is wrong, in its words.
 */
export function parseOptions(
  specs: readonly OptionSpec[],
  words: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Values | string {
  const values = new Map<string, string>();
  const unknown: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    const found = optionOf(specs, word);
    if (found === undefined) {
      unknown.push(word);
      continue;
    }
    const { spec, attached } = found;
    const next = words[at + 1];
    const hasNext = next !== undefined && !next.startsWith('-');
    if (spec.takes === 'nothing') {
      if (attached !== undefined) return `argument ${shown(spec)}: ignored explicit argument '${attached}'`;
      values.set(spec.name, '');
      continue;
    }
    if (attached === undefined && !hasNext && spec.takes !== 'optional')
      return `argument ${shown(spec)}: expected one argument`;
    const value = attached ?? (hasNext ? words[++at] : spec.otherwise) ?? '';
    const wrong = checkValue(spec, value);
    if (wrong !== undefined) return `argument ${shown(spec)}: ${wrong}`;
    values.set(spec.name, value);
  }
  for (const { name, variable } of specs) {
    const said = variable === undefined ? undefined : env[variable];
    if (said !== undefined && said !== '' && !values.has(name)) values.set(name, said);
  }
  const missing = specs.filter(({ required, name }) => required === true && !values.has(name));
  if (missing.length > 0)
    return `the following arguments are required: ${missing.map((spec) => shown(spec)).join(', ')}`;
  return unknown.length > 0 ? `unrecognized arguments: ${unknown.join(' ')}` : values;
}

function optionOf(specs: readonly OptionSpec[], word: string): { spec: OptionSpec; attached?: string } | undefined {
  const [, long, value] = /^--([^=]+)(?:=(.*))?$/su.exec(word) ?? [];
  const [, short, rest] = /^-([^-])(.*)$/su.exec(word) ?? [];
  const spec = specs.find(({ name, short: letter }) => (long === undefined ? letter === short : name === long));
  if (spec === undefined || (long === undefined && short === undefined)) return undefined;
  const attached = long === undefined ? rest?.replace(/^=/u, '') || undefined : value;
  return attached === undefined ? { spec } : { spec, attached };
}

function checkValue({ takes, choices }: OptionSpec, value: string): string | undefined {
  if (takes === 'integer' && !/^[+-]?\d+$/u.test(value)) return `invalid int value: '${value}'`;
  if (choices === undefined || choices.includes(value)) return undefined;
  return `invalid choice: '${value}' (choose from ${choices.map((choice) => `'${choice}'`).join(', ')})`;
}

/** As argparse names an option: all of its spellings. */
function shown({ name, short }: OptionSpec): string {
  return short === undefined ? `--${name}` : `-${short}/--${name}`;
}
