import { inSeconds, seconds } from '#errors/seconds.ts';

/** A stretch of a run, in ms since it began; `toMs` is Infinity while it lasts. Empty when `toMs <= fromMs`. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The same moments as spans that are in order, do not touch and are not empty. */
export function union(spans: readonly Span[]): Span[] {
  const result: Span[] = [];
  for (const { fromMs, toMs } of [...spans].sort((a, b) => a.fromMs - b.fromMs)) {
    if (toMs <= fromMs) continue;
    const last = result.at(-1);
    if (last === undefined || fromMs > last.toMs) result.push({ fromMs, toMs });
    else result[result.length - 1] = { fromMs: last.fromMs, toMs: Math.max(last.toMs, toMs) };
  }
  return result;
}

/** The moments that are in both. */
export function intersection(some: readonly Span[], others: readonly Span[]): Span[] {
  const common = some.flatMap((a) =>
    others.map((b) => ({ fromMs: Math.max(a.fromMs, b.fromMs), toMs: Math.min(a.toMs, b.toMs) })),
  );
  return union(common);
}

/** The moments that are in the first and not in the second. */
export function difference(some: readonly Span[], others: readonly Span[]): Span[] {
  let left = union(some);
  for (const hole of union(others)) {
    left = left.flatMap(({ fromMs, toMs }) => [
      { fromMs, toMs: Math.min(toMs, hole.fromMs) },
      { fromMs: Math.max(fromMs, hole.toMs), toMs },
    ]);
  }
  return union(left);
}

/** Is this moment in one of them? The end is not part of a span. */
export function covers(spans: readonly Span[], atMs: number): boolean {
  return spans.some(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs);
}

/** How long all of them last together, ms. */
export function totalMs(spans: readonly Span[]): number {
  return union(spans).reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
}

/** `12.0-33.1 s`, as evidence shows it. */
export function describeSpan({ fromMs, toMs }: Span): string {
  return `${inSeconds(fromMs)}-${toMs === Infinity ? 'the end' : seconds(toMs)}`;
}
