import { after } from './after.ts';
import { type Moment, nothingSeen } from './moment.ts';
import type { Seen } from './seen.ts';

/** What was seen of a lab, in the order of its times, from a moment on. */
export interface Story {
  /** Before the first of `seen`. */
  readonly base: Moment;
  readonly seen: readonly Seen[];
}

export const emptyStory: Story = { base: nothingSeen, seen: [] };

/**
 * The story with more at its end. Of a long one only the end can be looked at again: the rest is in `base`.
 * @param most at least 1: when there are more, the older half goes
 */
export function continued(story: Story, more: readonly Seen[], most: number): Story {
  const seen = [...story.seen, ...more];
  if (seen.length <= most) return { base: story.base, seen };
  const from = seen.length - Math.ceil(most / 2);
  return { base: fold(story.base, seen.slice(0, from)), seen: seen.slice(from) };
}

/** Everything as it was at this moment of the story, what was seen in that very millisecond included. Pure. */
export function momentAt(story: Story, atMs: number): Moment {
  const moment = fold(story.base, story.seen.slice(0, seenBy(story.seen, atMs)));
  return { ...moment, atMs: Math.max(story.base.atMs, atMs) };
}

/** The moment after all of these. */
export function fold(before: Moment, seen: readonly Seen[]): Moment {
  return seen.reduce(after, before);
}

/** When the story begins and ends, ms. */
export function spanOf({ base, seen }: Story): { readonly fromMs: number; readonly toMs: number } {
  return { fromMs: base.atMs, toMs: Math.max(base.atMs, seen.at(-1)?.atMs ?? 0) };
}

/** How many of them were seen by then: they are in the order of their times. */
function seenBy(seen: readonly Seen[], atMs: number): number {
  let [low, high] = [0, seen.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((seen[middle]?.atMs ?? Infinity) <= atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
