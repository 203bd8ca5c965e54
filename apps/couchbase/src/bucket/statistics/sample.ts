/** What is counted, in ns_server's names for the statistics of a bucket (Couchbase Server documentation "Bucket statistics"). */
export const counters = [
  'cmd_get',
  'get_hits',
  'get_misses',
  'cmd_set',
  'cas_hits',
  'cas_misses',
  'cas_badval',
  'delete_hits',
  'delete_misses',
  'incr_hits',
  'incr_misses',
  'decr_hits',
  'decr_misses',
  'cmd_lookup',
  'ep_num_ops_get_meta',
  'ep_oom_errors',
  'couch_views_ops',
] as const;
export type Counter = (typeof counters)[number];

/** Counters that one event adds to, as their places among `counters`: names would cost every request a look-up each. */
export type CounterSet = readonly number[];

/** Which counters an event adds to, as their places in a sample. Pure. */
export function counterSet(...names: readonly Counter[]): CounterSet {
  return names.map((name) => counters.indexOf(name));
}

/** Those of which `ops` is the sum: each operation is in one of them once (ns_server, stats_collector). */
const operations: readonly Counter[] = [
  'cmd_get',
  'cmd_set',
  'delete_hits',
  'delete_misses',
  'incr_hits',
  'incr_misses',
  'decr_hits',
  'decr_misses',
  'cmd_lookup',
  'ep_num_ops_get_meta',
];

/** What is looked at when a second ends. Bytes, and numbers. */
export interface Gauges {
  readonly curr_items: number;
  readonly mem_used: number;
  /** Key-value connections to the node. */
  readonly curr_connections: number;
}

/** Names of all that a sample has beside its time. */
export const statisticNames = ['ops', 'hit_ratio', ...counters, 'curr_items', 'mem_used', 'curr_connections'] as const;
export type StatisticName = (typeof statisticNames)[number];

/** One step of a bucket's life: a counter is its mean per second, anything else the mean over the step. */
export interface Sample {
  /** End of the step: wall clock, milliseconds since 1970. */
  readonly timestamp: number;
  readonly values: Readonly<Record<StatisticName, number>>;
}

/** A second that counted `counts`. */
export function sampleOf(timestamp: number, counts: Readonly<Record<Counter, number>>, gauges: Gauges): Sample {
  const { curr_items, mem_used, curr_connections } = gauges;
  const values = Object.fromEntries(statisticNames.map((name) => [name, 0])) as Record<StatisticName, number>;
  for (const name of counters) values[name] = counts[name];
  values.ops = operations.reduce((sum, name) => sum + counts[name], 0);
  values.hit_ratio = hitRatio(counts.get_hits, counts.cmd_get);
  values.curr_items = curr_items;
  values.mem_used = mem_used;
  values.curr_connections = curr_connections;
  return { timestamp, values };
}

/** The mean of samples that follow each other; its time is that of the last one. */
export function meanOf(samples: readonly Sample[]): Sample {
  const values = Object.fromEntries(
    statisticNames.map((name) => [
      name,
      samples.reduce((sum, sample) => sum + sample.values[name], 0) / Math.max(1, samples.length),
    ]),
  ) as Record<StatisticName, number>;
  values.hit_ratio = hitRatio(values.get_hits, values.cmd_get);
  return { timestamp: samples.at(-1)?.timestamp ?? 0, values };
}

/** Percent of the gets that found something. */
function hitRatio(hits: number, gets: number): number {
  return gets === 0 ? 0 : (hits / gets) * 100;
}
