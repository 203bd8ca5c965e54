/** A time as the terminal and all evidence show it: `0.25 s`, `4.30 s`, from ten seconds on `21.7 s`. The report's page has columns of its own. */
export const seconds = (ms: number): string => `${inSeconds(ms)} s`;

/** The same without its unit, for ranges. */
export const inSeconds = (ms: number): string => (ms / 1_000).toFixed(Math.abs(ms) < 9_950 ? 2 : 1);
