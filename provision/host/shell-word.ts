/** A word as a shell takes it back: as it is where that is safe, else in single quotes. Pure. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** A command line that can be pasted. Pure. */
export function shellWords(words: readonly string[]): string {
  return words.map(shellWord).join(' ');
}
