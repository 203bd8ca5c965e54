/**
 * Leaves out of a list what it need not have in order to fail: half of it, then quarters, and so on to single things (Zeller and
 * Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", ddmin).
 * @param fails does this part of the list, in its order, still fail? Not asked of the whole list, which does
 * @returns a part of which no single thing can be left out; more than that when `fails` gives up and says no to everything
 */
export async function shrinkList<T>(
  items: readonly T[],
  fails: (part: readonly T[]) => Promise<boolean>,
): Promise<readonly T[]> {
  let kept = items;
  for (let size = Math.ceil(kept.length / 2); size >= 1;) {
    let isShorter = false;
    for (let from = 0; from < kept.length;) {
      const part = [...kept.slice(0, from), ...kept.slice(from + size)];
      if (await fails(part)) {
        kept = part;
        isShorter = true;
      } else from += size;
    }
    if (isShorter && size <= kept.length) continue;
    if (size === 1) break;
    size = Math.max(1, Math.floor(Math.min(size, kept.length) / 2));
  }
  return kept;
}
