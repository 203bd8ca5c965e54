import { describe, expect, test } from 'vitest';
import { BucketStatistics, intervalMs, zooms } from '#apps/couchbase/src/bucket/statistics/bucket-statistics.ts';
import { counters, counterSet, type Counter } from '#apps/couchbase/src/bucket/statistics/sample.ts';

const now = 1_700_000_000_000;
const gauges = { curr_items: 3, mem_used: 99, curr_connections: 2 };

/** `seconds` seconds, in each of which `each` counts. */
function lived(seconds: number, each: (second: number) => readonly Counter[] = () => []): BucketStatistics {
  const history = new BucketStatistics(now);
  for (let second = 1; second <= seconds; second++) {
    history.count(counterSet(...each(second)));
    history.tick(now + second * 1000, gauges);
  }
  return history;
}

test('a minute is always whole, one second a sample, and each second counts apart', () => {
  const history = new BucketStatistics(now);
  expect(history.samples().map(({ timestamp }) => timestamp)).toEqual(
    Array.from({ length: 60 }, (_, index) => now - 60_000 + index * 1000),
  );
  for (let index = 0; index < 7; index++) history.count(counterSet('cmd_set'));
  history.tick(now + 1000, gauges);
  expect(history.opsPerSecond).toBe(7);
  history.tick(now + 2000, gauges);
  expect(history.opsPerSecond).toBe(0);
  expect(history.samples()).toHaveLength(60);
  expect(
    history
      .samples()
      .slice(-3)
      .map(({ values }) => [values.ops, values.curr_items, values.mem_used]),
  ).toEqual([
    [0, 0, 0],
    [7, 3, 99],
    [0, 3, 99],
  ]);
});

test('ops is the sum of what is an operation, each of them once', () => {
  const one = (counter: Counter) => lived(1, () => [counter]).opsPerSecond;
  const operations = counters.filter((counter) => one(counter) === 1);
  expect(operations).toEqual([
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
  ]);
  expect(lived(1, () => ['cmd_get', 'get_hits']).opsPerSecond).toBe(1);
});

test.each([
  [[], 0],
  [['cmd_get', 'get_misses'], 0],
  [['cmd_get', 'get_hits'], 100],
  [['cmd_get', 'get_hits', 'cmd_get', 'get_misses', 'cmd_get', 'get_misses', 'cmd_get', 'get_misses'], 25],
] as [Counter[], number][])('hit ratio of %o is %i %%', (counted, ratio) => {
  expect(
    lived(1, () => counted)
      .samples()
      .at(-1)?.values.hit_ratio,
  ).toBe(ratio);
});

describe('longer times', () => {
  test('are means of the seconds, and there is only what has been', () => {
    expect(lived(3).samples('hour')).toEqual([]);
    const hour = lived(8, (second) => (second === 5 ? ['cmd_set', 'cmd_set'] : [])).samples('hour');
    expect(hour.map(({ timestamp, values }) => [timestamp, values.ops, values.curr_items])).toEqual([
      [now + 4000, 0, 3],
      [now + 8000, 0.5, 3],
    ]);
  });

  test('keep to their number, whatever goes by', () => {
    const history = lived(90_000, (second) => (second % 2 === 0 ? ['cmd_get', 'get_hits'] : []));
    expect(zooms.map((zoom) => history.samples(zoom).length)).toEqual([60, 900, 1440, 150, 50, 4]);
    for (const zoom of zooms) {
      const samples = history.samples(zoom);
      const gaps = samples.slice(1).map(({ timestamp }, index) => timestamp - (samples[index]?.timestamp ?? 0));
      expect(new Set(gaps)).toEqual(new Set([intervalMs(zoom)]));
    }
    expect(history.samples('day').at(-1)?.values).toMatchObject({ ops: 0.5, cmd_get: 0.5, hit_ratio: 100 });
  });
});
