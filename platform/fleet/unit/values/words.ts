/** A value divided as systemd divides it. */
interface Words {
  /** Quotes taken away; a backslash and what follows it stay as they are. */
  readonly words: readonly string[];
  /** A quote that nothing closes. */
  readonly open: string | undefined;
}

/**
 * Divides a value at blanks, with `"` and `'` around and within words (systemd.service(5), "Command lines"): a backslash takes the
 * meaning of a quote away, inside of quotes, too. Pure.
 */
export function divide(value: string): Words {
  const words: string[] = [];
  let word: string | undefined;
  let open: string | undefined;
  for (let i = 0; i < value.length; i++) {
    const sign = value.charAt(i);
    if (sign === '\\') word = (word ?? '') + sign + value.charAt(++i);
    else if (open !== undefined) {
      if (sign === open) open = undefined;
      else word += sign;
    } else if (sign === '"' || sign === "'") {
      open = sign;
      word ??= '';
    } else if (/\s/.test(sign)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + sign;
  }
  return { words: word === undefined ? words : [...words, word], open };
}
