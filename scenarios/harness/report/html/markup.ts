/** Text that is HTML (or XML) already. Only `markup` and `trusted` make one, so nothing from outside gets in unescaped. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  toString(): string {
    return this.text;
  }
}

export type Part = Markup | string | number | undefined | false | readonly Part[];

/** A template whose values are escaped, unless they are Markup; lists are joined, undefined and false give nothing. */
export function markup(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(strings.map((text, index) => (index === 0 ? '' : put(parts[index - 1])) + text).join(''));
}

/** Our own style sheet or script, as it is. */
export function trusted(text: string): Markup {
  return new Markup(text);
}

/** For text and for attribute values in either quotes; characters that XML forbids become U+FFFD. */
export function escapeText(text: string): string {
  return (
    text
      .replace(/\p{Surrogate}/gu, '\ufffd')
      // These are the ones that XML 1.0 has no way to write.
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&#39;')
  );
}

function put(part: Part): string {
  if (part === undefined || part === false) return '';
  if (part instanceof Markup) return part.text;
  if (typeof part === 'object') return part.map(put).join('');
  return escapeText(String(part));
}
