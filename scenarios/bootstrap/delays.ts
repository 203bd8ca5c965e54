/**
 * How long the embedded server pretends to need, ms. The real one: 13.7 s from the container's start to the first answer at 8091
 * (6.5.0, a log in testcontainers-java issue 2614) and, by public reports, 2 to 10 s until a new bucket is out of warm-up.
 */
export const delays = {
  none: { startMs: 0, warmupMs: 0 },
  realistic: { startMs: 13_500, warmupMs: 5_000 },
} as const;

export type Delays = keyof typeof delays;

/** What `docker run` hands to the embedded server for them. */
export function delayEnvironment(kind: Delays): Readonly<Record<string, string>> {
  const { startMs, warmupMs } = delays[kind];
  return {
    ...(startMs === 0 ? {} : { COUCHBASE_START_DELAY_MS: String(startMs) }),
    ...(warmupMs === 0 ? {} : { COUCHBASE_WARMUP_MS: String(warmupMs) }),
  };
}
