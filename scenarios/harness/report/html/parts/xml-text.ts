/** Text that is XML already. Only `markup` and `trusted` make one, so nothing from outside gets in unescaped. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }

  /** The text as it is, for another piece of XML. */
  toString(): string {
    return this.text;
  }
}

export type Part = Markup | string | number | undefined | false | readonly Part[];

/** A template whose values are escaped, unless they are Markup; lists are joined, undefined and false give nothing. */
export function markup(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(strings.map((text, index) => (index === 0 ? '' : put(parts[index - 1])) + text).join(''));
}

/** Our own text, as it is. */
export function trusted(text: string): Markup {
  return new Markup(text);
}

/** What XML 1.0 has no way to write (control characters, halves of a surrogate pair) becomes U+FFFD. */
export function writable(text: string): string {
  return text
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd');
}

/** For text and for attribute values in either quotes. */
export function escapeText(text: string): string {
  return writable(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

function put(part: Part): string {
  if (part === undefined || part === false) return '';
  if (part instanceof Markup) return part.text;
  if (typeof part === 'object') return part.map(put).join('');
  return escapeText(String(part));
}
