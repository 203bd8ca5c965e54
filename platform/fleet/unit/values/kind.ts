/** Why systemd would not heed a value as it is written, and one that it takes. */
export interface ValueProblem {
  readonly cause: string;
  readonly example: string;
  /** It does not pass over the value: the unit does not start. */
  readonly fatal?: true;
}

/** Judges a value on one line; undefined: systemd takes it. */
export type Kind = (value: string) => ValueProblem | undefined;

/** @param fatal as in `ValueProblem` */
export function matching(takes: RegExp, cause: string, example: string, fatal?: 'fatal'): Kind {
  const problem: ValueProblem = fatal === undefined ? { cause, example } : { cause, example, fatal: true };
  return (value) => (takes.test(value) ? undefined : problem);
}

/** One of these words; an empty one among them allows an empty value, and is not named. Pure. */
export function choice(...words: readonly string[]): Kind {
  const named = words.filter((word) => word !== '');
  return (value) =>
    words.includes(value) ? undefined : { cause: `it is none of ${named.join(', ')}`, example: named[0] ?? '' };
}

/** A kind for which an empty value takes back what stands above it, or the default. */
export function orEmpty(kind: Kind): Kind {
  return (value) => (value === '' ? undefined : kind(value));
}

/** A whole number, which systemd also reads in hexadecimal (0x) and octal (0). */
export function wholeBetween(least: number, most: number): Kind {
  return (value) => {
    const number = /^[-+]?(?:0x[\da-f]+|0b[01]+|0[0-7]*|[1-9]\d*)$/i.test(value) ? valueOf(value) : NaN;
    return number >= least && number <= most
      ? undefined
      : { cause: `it is no whole number from ${least} to ${most}`, example: String(least < 0 ? 0 : least) };
  };
}

function valueOf(digits: string): number {
  const bare = digits.replace(/^[-+]/, '');
  const size = /^0[0-7]+$/.test(bare) ? parseInt(bare, 8) : Number(bare);
  return digits.startsWith('-') ? -size : size;
}

/** `%i` and its like: what stands in their place is known only to systemd. */
export function hasSpecifier(text: string): boolean {
  return /%[a-zA-Z]/.test(text.replaceAll('%%', ''));
}

/** Words between white space, none of them empty. Pure. */
export const wordsOf = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '');
