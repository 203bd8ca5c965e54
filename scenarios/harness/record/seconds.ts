/** Milliseconds as evidence shows them: `0.25 s`, from a second on `4.3 s`. */
export const seconds = (ms: number): string => `${inSeconds(ms)} s`;

/** The same without its unit, for ranges. */
export const inSeconds = (ms: number): string => (ms / 1_000).toFixed(Math.abs(ms) < 1_000 ? 2 : 1);
