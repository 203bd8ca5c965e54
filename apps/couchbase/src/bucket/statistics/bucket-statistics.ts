import { counters, sampleOf, type Counter, type CounterSet, type Gauges, type Sample } from './sample.ts';
import { SampleArchive } from './sample-archive.ts';

/** Seconds of one sample and number of samples kept for each length of time that can be asked for, as ns_server archives them. */
const archived = {
  minute: { stepS: 1, kept: 60 },
  hour: { stepS: 4, kept: 900 },
  day: { stepS: 60, kept: 1440 },
  week: { stepS: 600, kept: 1152 },
  month: { stepS: 1800, kept: 1488 },
  year: { stepS: 21_600, kept: 1464 },
} as const;
export type Zoom = keyof typeof archived;
export const zooms = Object.keys(archived) as Zoom[];

/** Milliseconds from one sample to the next. */
export function intervalMs(zoom: Zoom): number {
  return archived[zoom].stepS * 1000;
}

/** Counts what happens to a bucket, second by second. The last minute is always whole; of longer times there is what has been so far. */
export class BucketStatistics {
  /** Each is fed by the means of the one before it. */
  readonly #archives = zooms.map((zoom, index) => {
    const before = zooms[index - 1];
    const perStep = before === undefined ? 1 : archived[zoom].stepS / archived[before].stepS;
    return { zoom, archive: new SampleArchive({ perStep, kept: archived[zoom].kept }) };
  });
  readonly #counts = new Float64Array(counters.length);
  /** Of the seconds that are closed. */
  readonly #totals = new Float64Array(counters.length);

  /** @param nowMs start of the history: the 60 seconds before it are zero */
  constructor(nowMs: number) {
    const none = { curr_items: 0, mem_used: 0, curr_connections: 0 };
    const { kept } = archived.minute;
    for (let second = kept; second > 0; second--) {
      this.#archives[0]?.archive.add(sampleOf(nowMs - second * 1000, named(this.#counts), none));
    }
  }

  /** Adds one to each counter of the set, in the second that is not over yet. */
  count(event: CounterSet): void {
    for (const place of event) this.#counts[place] = (this.#counts[place] ?? 0) + 1;
  }

  /** Closes a second. */
  tick(timestamp: number, gauges: Gauges): void {
    let sample: Sample | undefined = sampleOf(timestamp, named(this.#counts), gauges);
    for (const [place, count] of this.#counts.entries()) this.#totals[place] = (this.#totals[place] ?? 0) + count;
    this.#counts.fill(0);
    for (const { archive } of this.#archives) {
      if (sample === undefined) return;
      sample = archive.add(sample);
    }
  }

  /** Oldest first; always 60 of the last minute. */
  samples(zoom: Zoom = 'minute'): readonly Sample[] {
    return this.#archives.find((kept) => kept.zoom === zoom)?.archive.samples ?? [];
  }

  /** What was counted since the bucket is here. */
  get totals(): Readonly<Record<Counter, number>> {
    return named(this.#totals.map((total, place) => total + (this.#counts[place] ?? 0)));
  }

  /** Operations in the last full second. */
  get opsPerSecond(): number {
    return this.samples().at(-1)?.values.ops ?? 0;
  }
}

function named(counts: Float64Array): Record<Counter, number> {
  return Object.fromEntries(counters.map((name, place) => [name, counts[place] ?? 0])) as Record<Counter, number>;
}
