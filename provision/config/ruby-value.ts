/** The values a config.rb can hold. `lines` are those on which the items or pairs begin. A hash keeps its pairs in order. */
export type RubyLiteral = number | string | boolean | null | RubySymbol | RubyArray | RubyHash;

export interface RubySymbol {
  readonly symbol: string;
}

export interface RubyArray {
  readonly items: readonly RubyLiteral[];
  readonly lines: readonly number[];
}

export interface RubyHash {
  readonly pairs: readonly (readonly [RubyLiteral, RubyLiteral])[];
  readonly lines: readonly number[];
}

/** Pure. */
export function isHash(value: RubyLiteral): value is RubyHash {
  return typeof value === 'object' && value !== null && 'pairs' in value;
}

/** As Ruby's `p` shows it: `{"80" => 8080}`. */
export function asRuby(value: RubyLiteral): string {
  if (value === null) return 'nil';
  if (typeof value === 'string') return quoted(value);
  if (typeof value !== 'object') return String(value);
  if ('symbol' in value) return `:${/^[A-Za-z_]\w*[?!]?$/.test(value.symbol) ? value.symbol : quoted(value.symbol)}`;
  if ('items' in value) return `[${value.items.map(asRuby).join(', ')}]`;
  return `{${value.pairs.map(pairAsRuby).join(', ')}}`;
}

/** A pair of a hash as Ruby's `p` shows it. Pure. */
export function pairAsRuby([key, value]: readonly [RubyLiteral, RubyLiteral]): string {
  return `${asRuby(key)} => ${asRuby(value)}`;
}

function quoted(text: string): string {
  return JSON.stringify(text).replace(/#(?=[{$@])/g, '\\#');
}
