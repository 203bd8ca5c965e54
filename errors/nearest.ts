/**
 * The valid word a mistyped one most likely meant: fewest edits, at most a third of its length; two in a word of five
 * letters, one in a shorter one.
 * @returns undefined when nothing is near enough to be worth suggesting.
 */
export function nearest(word: string, valid: readonly string[]): string | undefined {
  const ranked = valid.map((candidate) => ({
    candidate,
    edits: distance(word.toLowerCase(), candidate.toLowerCase()),
  }));
  ranked.sort((a, b) => a.edits - b.edits);
  const best = ranked[0];
  const most = Math.max(word.length < 5 ? 1 : 2, Math.floor(word.length / 3));
  return best && best.edits <= most ? best.candidate : undefined;
}

/** ` (did you mean x?)`, or nothing: for the end of a message. */
export function didYouMean(word: string, valid: readonly string[]): string {
  const guess = nearest(word, valid);
  return guess === undefined ? '' : ` (did you mean ${guess}?)`;
}

/** Letters to add, take away, change, or have change places with their neighbour (optimal string alignment). */
function distance(a: string, b: string): number {
  let before: readonly number[] = [];
  let row: readonly number[] = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = swapped ? (before[j - 2] ?? 0) + 1 : Infinity;
      next.push(Math.min(change, swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    [before, row] = [row, next];
  }
  return row[b.length] ?? 0;
}
