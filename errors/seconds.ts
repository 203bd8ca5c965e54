/**
 * A time that was measured, as the terminal, errors and all evidence show it: `0.25 s`, `4.30 s`, from ten seconds on `21.7 s`. Pure.
 *
 * Other readers have other forms: the report's page (`duration` of scenarios/harness/report/html/parts/words.ts: `40 ms`, `2 min 05 s`) and the
 * dashboard's ages, which a glance must do for; lab.toml (`formatDuration` of provision/config), whose text is read back; etcdctl and
 * fleet.conf, which speak Go's; the pages of apps, which import nothing of here. Logs of programs, and what is counted in a few
 * milliseconds (probes, benchmarks), say `ms`.
 */
export const seconds = (ms: number): string => `${inSeconds(ms)} s`;

/** The same without its unit, for ranges. Pure. */
export const inSeconds = (ms: number): string => (ms / 1_000).toFixed(Math.abs(ms) < 9_950 ? 2 : 1);

/** A time that somebody has set, a deadline or a timer, as it was set: `60 s`, `0.5 s`; whole milliseconds are told, no fraction of one. Pure. */
export const statedSeconds = (ms: number): string => `${Math.round(ms) / 1_000} s`;

/** A moment of a clock, or one of several times that are compared: two digits always, so that columns line up (`4.30 s`, `21.66 s`). Pure. */
export const hundredths = (ms: number): string => `${(ms / 1_000).toFixed(2)} s`;
