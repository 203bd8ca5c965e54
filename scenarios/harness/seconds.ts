/** `1.5 s`, of milliseconds, for evidence. */
export const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
