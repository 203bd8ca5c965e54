const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;

/**
 * `100ms`, `1.5s`, `2m`, `1h` as whole milliseconds; undefined when `text` is no such duration.
 * A unit is required: a bare number has been read as seconds by some and as milliseconds by others.
 */
export function parseDuration(text: string): number | undefined {
  const parts = /^(\d+)(?:\.(\d+))?(ms|s|m|h)$/.exec(text);
  if (!parts) return undefined;
  const [, whole = '', fraction = '', unit = 'ms'] = parts;
  const unitInMs = unitMs[unit as keyof typeof unitMs];
  // The digits behind the point are a whole number of their own, so that no binary fraction can round them.
  const fractionMs = (Number(fraction) * unitInMs) / 10 ** fraction.length;
  const ms = Number(whole) * unitInMs + fractionMs;
  return Number.isInteger(fractionMs) && Number.isSafeInteger(ms) ? ms : undefined;
}

/** The shortest text that `parseDuration` reads back to `ms`. */
export function formatDuration(ms: number): string {
  if (ms >= unitMs.h && ms % unitMs.h === 0) return `${ms / unitMs.h}h`;
  if (ms >= unitMs.m && ms % unitMs.m === 0) return `${ms / unitMs.m}m`;
  return ms >= unitMs.s && ms % 100 === 0 ? `${ms / unitMs.s}s` : `${ms}ms`;
}
