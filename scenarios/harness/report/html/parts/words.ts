/** How a person reads a time: `0.65 s`, `19.1 s`, `2 min 05 s`; thousandths only where they are all there is. */
export function duration(ms: number): string {
  const size = Math.abs(ms);
  if (size < 9.95) return `${Math.round(ms * 10) / 10} ms`;
  if (size < 999.5) return `${Math.round(ms)} ms`;
  if (size < 9_995) return `${(ms / 1_000).toFixed(2)} s`;
  if (size < 119_950) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(size / 1_000);
  const rest = String(seconds % 60).padStart(2, '0');
  return `${ms < 0 ? '-' : ''}${Math.floor(seconds / 60)} min ${rest} s`;
}

/** `/services/couchbase/1` -> `couchbase/1`. */
export function shortKey(key: string): string {
  return key.replace(/^\/services\//, '');
}

/** `1 unit`, `3 units`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** A figure of a comparison; a dash where a run has none. */
export function figure(value: number | undefined, unit: 'ms' | 'count'): string {
  if (value === undefined) return '–';
  return unit === 'ms' ? duration(value) : String(value);
}

/** `+1.20 s`, `−40 ms`, `=`. */
export function difference({ difference: by, unit }: { difference: number | undefined; unit: 'ms' | 'count' }): string {
  if (by === undefined) return '–';
  if (by === 0) return '=';
  return `${by > 0 ? '+' : '−'}${figure(Math.abs(by), unit)}`;
}

/** `×1.25`; a dash where there is nothing to divide by. */
export function ratio(value: number | undefined): string {
  return value === undefined ? '–' : `×${value.toFixed(2)}`;
}
