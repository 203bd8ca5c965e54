import { percentOf } from './scale.ts';

/** A stretch across a picture, in per cent of its width. */
export interface Extent {
  readonly x: number;
  readonly width: number;
}

/** As an attribute of SVG. */
export const percent = (value: number): string => `${value}%`;

/** Where a stretch of time lies; what is too short to be seen is still drawn. */
export function extent({ fromMs, toMs }: { readonly fromMs: number; readonly toMs: number }, spanMs: number): Extent {
  const x = percentOf(fromMs, spanMs);
  return { x, width: Math.max(0.15, Math.round((percentOf(toMs, spanMs) - x) * 1_000) / 1_000) };
}
