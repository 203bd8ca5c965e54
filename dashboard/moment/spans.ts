import type { Seen } from './seen.ts';
import { seenInWords } from './seen-in-words.ts';

/** A stretch of the story that a slider shows. `toMs` undefined: it goes on. */
export interface StorySpan {
  readonly kind: 'phase' | 'fault';
  readonly name: string;
  readonly fromMs: number;
  readonly toMs: number | undefined;
}

/** Phases and faults, in the order in which they begin. Pure. */
export function spansOf(seen: readonly Seen[]): StorySpan[] {
  const spans: StorySpan[] = [];
  const end = (which: (span: StorySpan) => boolean, toMs: number): void => {
    const index = spans.findIndex((span) => span.toMs === undefined && which(span));
    const found = spans[index];
    if (found !== undefined) spans[index] = { ...found, toMs };
  };
  for (const one of seen) {
    if (one.type === 'phase') {
      end(({ kind }) => kind === 'phase', one.atMs);
      spans.push({ kind: 'phase', name: one.data.name, fromMs: one.atMs, toMs: undefined });
    } else if (one.type === 'fault') {
      spans.push({ kind: 'fault', name: one.data.name, fromMs: one.atMs, toMs: undefined });
    } else if (one.type === 'fault-undone') {
      end(({ kind, name }) => kind === 'fault' && name === one.data.name, one.atMs);
    } else if (one.type === 'verdict') {
      end(({ kind }) => kind === 'phase', one.atMs);
    }
  }
  return spans;
}

/** The moments at which something happened that is told in words, each once. Pure. */
export function happenings(seen: readonly Seen[]): number[] {
  return [...new Set(seen.filter((one) => seenInWords(one) !== undefined).map(({ atMs }) => atMs))];
}
