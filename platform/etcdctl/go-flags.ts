/**
 * Words of a command line read as Go's package `flag` and the library `cli` below etcdctl do: one dash or two, `=` or the next
 * word, and flags may stand behind arguments. What looks like a flag and is none is an argument when it stands behind one
 * (`set k -1`), else an error. The first `--` ends flags and is dropped. Pure.
 * @param stopAtWord true for the flags before the command: the first argument ends them
 */
export function readFlags(words: readonly string[], specs: FlagSpecs, stopAtWord: boolean): FlagReading {
  const flags: Flags = {};
  const args: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    if (word === '--') return { flags, args: [...args, ...words.slice(i + 1)] };
    if (!word.startsWith('-') || word === '-') {
      if (stopAtWord) return { flags, args: words.slice(i) };
      args.push(word);
      continue;
    }
    const { given, inline } = splitFlag(word);
    const known = Object.entries(specs).find(([name, spec]) => name === given || spec.short === given);
    if (!known && args.length > 0) {
      args.push(word);
      continue;
    }
    if (/^-(?:-?=|--)/.test(word)) return { problem: oneLine(`bad flag syntax: ${word}`) };
    if (!known) return { problem: oneLine(`flag provided but not defined: -${given}`), flag: given };
    const [name, spec] = known;
    const value = inline ?? (spec.type === 'bool' ? 'true' : words[++i]);
    if (value === undefined) return { problem: `flag needs an argument: -${given}` };
    const read = readValue(spec.type, value, given);
    if (typeof read === 'object') return read;
    flags[name] = read;
  }
  return { flags, args };
}

export interface FlagSpec {
  readonly type: 'bool' | 'int' | 'text' | 'duration';
  readonly short?: string;
  /** For the help. */
  readonly about: string;
}
export type FlagSpecs = Record<string, FlagSpec>;
/** By the flag's long name; durations in ms. */
export type Flags = Record<string, string | number | boolean>;
type FlagReading =
  { readonly flags: Flags; readonly args: string[] } | { readonly problem: string; readonly flag?: string };

/** `--name=value`: the name without dashes. */
export function splitFlag(word: string): { given: string; inline: string | undefined } {
  const bare = word.replace(/^--?/, '');
  const at = bare.indexOf('=');
  return at === -1 ? { given: bare, inline: undefined } : { given: bare.slice(0, at), inline: bare.slice(at + 1) };
}

/** Line breaks and other control characters that somebody typed, as JSON writes them. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, (sign) => JSON.stringify(sign).slice(1, -1));
}

function readValue(type: FlagSpec['type'], value: string, given: string) {
  if (type === 'text') return value;
  const wrong = (reason: string) => ({
    problem: oneLine(
      type === 'bool'
        ? `invalid boolean value "${value}" for -${given}: ${reason}`
        : `invalid value "${value}" for flag -${given}: ${reason}`,
    ),
  });
  if (type === 'bool') return goBool(value) ?? wrong('parse error');
  if (type === 'duration') return readDuration(value) ?? wrong('parse error');
  const int = goInt(value);
  if (int === undefined) return wrong('parse error');
  return Number.isSafeInteger(int) ? int : wrong('value out of range');
}

/** strconv.ParseBool */
function goBool(word: string): boolean | undefined {
  if (/^(?:1|t|T|TRUE|true|True)$/.test(word)) return true;
  return /^(?:0|f|F|FALSE|false|False)$/.test(word) ? false : undefined;
}

/** strconv.ParseInt with base 0: `16`, `0x10`, `-1`, and `010` for 8. */
function goInt(word: string): number | undefined {
  const match = /^([+-]?)(?:0x([0-9a-f]+)|0b([01]+)|0o?([0-7]+)|(0|[1-9]\d*))$/i.exec(word);
  if (!match) return undefined;
  const [, sign, hex, binary, octal, decimal] = match;
  const size = parseInt(hex ?? binary ?? octal ?? decimal ?? '', hex ? 16 : binary ? 2 : octal ? 8 : 10);
  return sign === '-' ? -size : size;
}

const unitMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** time.ParseDuration in ms: `2s`, `500ms`, `1m30s`, `1.5h`, `0`. */
function readDuration(word: string): number | undefined {
  if (word === '0') return 0;
  if (!/^(?:\d+(?:\.\d*)?(?:ns|us|µs|μs|ms|s|m|h))+$/.test(word)) return undefined;
  const parts = word.matchAll(/(\d+(?:\.\d*)?)(ns|us|µs|μs|ms|s|m|h)/g);
  return [...parts].reduce((sum, [, count, unit]) => sum + Number(count) * (unitMs[unit ?? ''] ?? NaN), 0);
}
