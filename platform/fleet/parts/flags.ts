import { LabError } from '#errors/lab-error.ts';

/** A flag a program knows. `aliases` are other spellings; every spelling works with one dash and with two. */
export interface FlagSpec {
  readonly name: string;
  readonly kind: 'text' | 'switch';
  readonly aliases?: readonly string[];
  readonly help: string;
}

export interface ParsedFlags {
  /** Value of a flag, by its first spelling; undefined when it was not given. */
  text(name: string): string | undefined;
  /** Whether a switch was given, and not as false. */
  on(name: string): boolean;
  readonly args: string[];
}

/**
 * Reads `-name value`, `--name value`, `-name=value`, `--name=value` and switches, anywhere between the arguments: the grammar of
 * fleet's first releases (one dash, long names) and of its last (two dashes) at once.
 * @param until number of arguments after which everything is an argument (`ssh web@1 ls -l`)
 * @throws LabError `usage.flag`
 */
export function parseFlags(
  argv: readonly string[],
  specs: readonly FlagSpec[],
  program: string,
  until = Infinity,
): ParsedFlags {
  const bySpelling = new Map(
    specs.flatMap((spec) => [spec.name, ...(spec.aliases ?? [])].map((s) => [s, spec] as const)),
  );
  const values = new Map<string, string>();
  const args: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] ?? '';
    if (args.length >= until || word === '-' || !word.startsWith('-')) {
      args.push(word);
      continue;
    }
    if (word === '--') {
      args.push(...argv.slice(i + 1));
      break;
    }
    const [, spelling = '', value] = /^--?([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
    const spec = bySpelling.get(spelling);
    if (spec === undefined) throw usage(`unknown flag ${word}`, program);
    if (spec.kind === 'switch') values.set(spec.name, switchValue(value ?? 'true', word, program));
    else {
      const next = value ?? argv[++i];
      if (next === undefined) throw usage(`flag ${word} needs a value`, program);
      values.set(spec.name, next);
    }
  }
  return { text: (name) => values.get(name), on: (name) => values.get(name) === 'true', args };
}

function switchValue(value: string, word: string, program: string): string {
  if (/^(true|1|t|yes)$/i.test(value)) return 'true';
  if (/^(false|0|f|no)$/i.test(value)) return 'false';
  throw usage(`flag ${word}: "${value}" is neither true nor false`, program);
}

function usage(cause: string, program: string): LabError {
  return new LabError({ code: 'usage.flag', cause, next: `${program} --help` });
}
