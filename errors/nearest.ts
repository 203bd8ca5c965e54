/**
 * The valid word a mistyped one most likely meant: fewest edits (Levenshtein), at most a third of its length.
 * @returns undefined when nothing is near enough to be worth suggesting.
 */
export function nearest(word: string, valid: readonly string[]): string | undefined {
  const ranked = valid.map((candidate) => ({
    candidate,
    edits: distance(word.toLowerCase(), candidate.toLowerCase()),
  }));
  ranked.sort((a, b) => a.edits - b.edits);
  const best = ranked[0];
  return best && best.edits <= Math.max(2, Math.floor(word.length / 3)) ? best.candidate : undefined;
}

/** ` (did you mean x?)`, or nothing: for the end of a message. */
export function didYouMean(word: string, valid: readonly string[]): string {
  const guess = nearest(word, valid);
  return guess === undefined ? '' : ` (did you mean ${guess}?)`;
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
