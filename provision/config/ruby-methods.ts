import { UnreadableRuby, type RubyCursor } from './ruby-cursor.ts';
import type { RubyScope } from './ruby-scope.ts';
import { asRuby, isHash, type RubyLiteral } from './ruby-value.ts';

/** `ENV['NAME']`, `ENV.fetch('NAME', value)`, `ENV.key?('NAME')`, `Integer(value)`, `String(value)`; undefined: none stands at the cursor. */
export function readCall(
  cursor: RubyCursor,
  scope: RubyScope,
  depth: number,
): { readonly value: RubyLiteral } | undefined {
  const start = cursor.at;
  const inBrackets = (close: string): RubyLiteral[] => {
    const values: RubyLiteral[] = [];
    do {
      cursor.skipLines();
      values.push(scope.read(cursor, depth + 1));
      cursor.skipLines();
    } while (cursor.take(','));
    if (!cursor.take(close)) throw new UnreadableRuby(`expected \`${close}\`, not \`${cursor.rest()}\``, cursor.at);
    return values;
  };
  const variable = (name: RubyLiteral | undefined): string => {
    if (typeof name === 'string') return name;
    throw new UnreadableRuby("ENV takes a name in quotes, as in ENV['NAME']", start);
  };
  if (cursor.take('ENV[')) return { value: scope.env[variable(inBrackets(']')[0])] ?? null };
  const asks = cursor.match(/ENV\.(?:key|has_key|include|member)\?\(/y);
  if (asks) return { value: scope.env[variable(inBrackets(')')[0])] !== undefined };
  if (cursor.take('ENV.fetch(')) {
    const [name, byDefault] = inBrackets(')');
    const instead = blockValue(cursor, scope, depth) ?? byDefault;
    const value = scope.env[variable(name)] ?? instead;
    if (value !== undefined) return { value };
    throw new UnreadableRuby(`the environment has no ${variable(name)}, and ENV.fetch has no second value`, start);
  }
  const conversion = cursor.match(/(Integer|String)\(/y)?.[1];
  if (conversion === undefined) return undefined;
  const [value = null] = inBrackets(')');
  if (conversion === 'String') return { value: toText(value) };
  const whole = typeof value === 'number' ? Math.trunc(value) : wholeOf(value);
  if (whole !== undefined) return { value: whole };
  throw new UnreadableRuby(`${asRuby(value)} is no whole number, for Integer()`, start);
}

/** The value of `{ value }` behind ENV.fetch. */
function blockValue(cursor: RubyCursor, scope: RubyScope, depth: number): RubyLiteral | undefined {
  const start = cursor.at;
  cursor.skipBlanks();
  if (!cursor.take('{')) {
    cursor.at = start;
    return undefined;
  }
  cursor.skipLines();
  const value = scope.read(cursor, depth + 1);
  cursor.skipLines();
  if (!cursor.take('}')) throw new UnreadableRuby(`expected \`}\`, not \`${cursor.rest()}\``, cursor.at);
  return value;
}

/** Digits that Integer() takes for decimal. */
function wholeOf(value: RubyLiteral): number | undefined {
  return typeof value === 'string' && /^\s*[-+]?(?:0|[1-9]\d*(?:_\d+)*)\s*$/.test(value)
    ? Number(value.replaceAll('_', '')) + 0
    : undefined;
}

const methods: Readonly<Record<string, (value: RubyLiteral) => RubyLiteral | undefined>> = {
  freeze: (value) => value,
  to_i: (value) => {
    if (value === null) return 0;
    if (typeof value === 'number') return Math.trunc(value);
    if (typeof value !== 'string') return undefined;
    return Number((/^\s*([-+]?\d+(?:_\d+)*)/.exec(value)?.[1] ?? '0').replaceAll('_', '')) + 0;
  },
  to_s: (value) => toText(value),
  to_sym: (value) => (typeof value === 'string' ? { symbol: value } : undefined),
  strip: (value) => (typeof value === 'string' ? value.trim() : undefined),
  downcase: (value) => (typeof value === 'string' ? value.toLowerCase() : undefined),
  'nil?': (value) => value === null,
  'empty?': (value) => {
    if (typeof value === 'string') return value === '';
    if (typeof value !== 'object' || value === null || 'symbol' in value) return undefined;
    return (isHash(value) ? value.pairs : value.items).length === 0;
  },
};

/** What the methods behind a value make of it: `.to_i`, `.to_s`, `.freeze` and a few more, without arguments. */
export function readMethods(cursor: RubyCursor, value: RubyLiteral): RubyLiteral {
  for (;;) {
    const start = cursor.at;
    const name = cursor.match(/\.([a-z_]+\??)(?:\(\)|(?!\s*\())/y)?.[1];
    if (name === undefined) return value;
    const result = Object.hasOwn(methods, name) ? methods[name]?.(value) : undefined;
    if (result === undefined) {
      cursor.at = start;
      return value;
    }
    value = result;
  }
}

/** As `to_s`, and in `#{}`. */
export function toText(value: RubyLiteral): string {
  if (value === null) return '';
  if (typeof value === 'object') return 'symbol' in value ? value.symbol : asRuby(value);
  return String(value);
}
