import { LabError } from '#errors/lab-error.ts';
import type { RubyGlobal } from './ruby-globals.ts';
import { asRuby } from './ruby-value.ts';

interface WholeRule {
  readonly min: number;
  readonly max: number;
  readonly example: number;
  /** Digits in quotes do as well: the hypervisors take them so. */
  readonly mayBeText?: boolean;
}

/** @throws LabError config.value */
export function wholeNumber(global: RubyGlobal | undefined, fileName: string, rule: WholeRule): number | undefined {
  if (!global || global.value === null) return undefined;
  const { name, value: written } = global;
  const { min, max, example, mayBeText = false } = rule;
  const value = mayBeText && typeof written === 'string' && /^\d+$/.test(written) ? Number(written) : written;
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
  throw badValue(global, {
    fileName,
    line: global.valueLine,
    rule: `must be a whole number from ${min} to ${max}`,
    shown: asRuby(written),
    example:
      typeof written === 'string' && /^\d+$/.test(written)
        ? `${name} = ${Number(written)} (.to_i makes a number of text)`
        : `${name} = ${example}`,
  });
}

/** At most 8 characters: with `vb-` before and `-01` after it, a machine's interface name must fit the kernel's 15. @throws LabError config.value */
export function namePrefix(global: RubyGlobal | undefined, fileName: string): string | undefined {
  if (!global || global.value === null) return undefined;
  const { name, value, valueLine: line } = global;
  const text = typeof value === 'object' && 'symbol' in value ? value.symbol : value;
  if (typeof text === 'string' && /^[a-z](?:[a-z0-9-]{0,6}[a-z0-9])?$/.test(text)) return text;
  const rule = 'must be 1 to 8 characters of a-z, 0-9 and -, starting with a letter and not ending in -';
  throw badValue(global, { fileName, line, rule, shown: asRuby(value), example: `${name} = "core"` });
}

/** @param bad.line of the value, or of the part of it that is wrong; `bad.shown` is that part in Ruby */
export function badValue(
  { name }: RubyGlobal,
  bad: { fileName: string; line: number; rule: string; shown: string; example: string },
): LabError {
  return new LabError({
    code: 'config.value',
    cause: `${bad.fileName}:${bad.line}: ${name} ${bad.rule}, not ${bad.shown}`,
    next: `Edit line ${bad.line} of ${bad.fileName}, for example: ${bad.example}`,
  });
}
