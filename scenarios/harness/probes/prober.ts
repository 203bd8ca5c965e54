import { existsSync } from 'node:fs';
import type { ReadBack } from '../record/run-record.ts';
import type { Clock } from './clock.ts';
import { couchbaseProbe } from './couchbase.ts';
import { etcdReadProbe, etcdWriteProbe } from './etcd.ts';
import { startGrid } from './grid.ts';
import { memcachedProbe } from './memcached.ts';
import { pageProbe } from './page.ts';
import type { Probe, ProbeContext } from './probe.ts';
import { SampleFile } from './sample-file.ts';
import type { ProbeName, Sample } from '../record/sample.ts';
import { socketProbe } from './socket.ts';
import type { ProbeEvent, ProbeSettings } from './settings.ts';
import { shortError } from './http-ask.ts';
import { FlannelRoutes } from './flannel-routes.ts';
import { Services } from './services.ts';
import { Transitions } from './transitions.ts';

/** Samples wait in memory for at most so many ticks. */
const flushEvery = 5;
const noLab = 'the lab is not up';
const runEnded = 'the run has ended';

/** All probes of a run, on one grid. */
export interface Prober {
  /** Ends the questions, reads back what was stored, says `probe-ended` for each, and closes the file. */
  stop(readBackMs: number): Promise<readonly ReadBack[]>;
  /** Writes out what is in memory. */
  flush(): void;
}

/** Starts asking. Lab addresses are contacted only while the lab's network link is there. */
export async function startProber(
  settings: ProbeSettings,
  clock: Clock,
  tell: (event: ProbeEvent) => void,
): Promise<Prober> {
  const services = new Services(settings.etcd, clock);
  const answers = new Answers(settings.samplesFile, tell);
  const context: ProbeContext = { settings, clock, tell, report: (sample) => answers.report(sample) };
  const probes = await Promise.all(settings.probes.map((name) => openProbe(name, context, services)));
  for (const { name } of probes) tell({ type: 'probe-started', wallMs: clock.wall(), data: { probe: name } });
  const asking = new Asking(settings, clock, probes, services, answers);
  const grid = startGrid({ periodMs: settings.periodMs, clock, tick: (slot, missed) => asking.tick(slot, missed) });
  return {
    flush: () => answers.file.flush(),
    stop: async (readBackMs) => {
      grid.stop();
      const results = await Promise.all(
        probes.map(async (probe) => {
          const { data, read } = await ended(probe, asking.linked() ? readBackMs : 0, answers.asked);
          const missed = asking.missedSlots > 0 ? { missedSlots: asking.missedSlots } : {};
          tell({ type: 'probe-ended', wallMs: clock.wall(), data: { ...data, ...missed } });
          return read;
        }),
      );
      services.disconnect();
      answers.file.close();
      return results.flat();
    },
  };
}

/** Where samples go: into the file, and what a person wants to know at once to `tell`. */
class Answers {
  readonly file: SampleFile;
  /** The probes that asked anything. */
  readonly asked = new Set<ProbeName>();
  readonly #transitions = new Transitions();
  readonly #tell: (event: ProbeEvent) => void;

  constructor(samplesFile: string, tell: (event: ProbeEvent) => void) {
    this.file = new SampleFile(samplesFile);
    this.#tell = tell;
  }

  report(sample: Sample): void {
    this.asked.add(sample.probe);
    this.file.add(sample);
    const event = this.#transitions.next(sample);
    if (event !== undefined) this.#tell(event);
  }
}

/** What is done at each tick of the grid. */
class Asking {
  missedSlots = 0;
  readonly #clock: Clock;
  readonly #probes: readonly Probe[];
  readonly #services: Services;
  readonly #answers: Answers;
  readonly #linkFile: string;
  readonly #routes: FlannelRoutes;
  readonly #looksUp: boolean;
  #wasLinked = true;

  constructor(settings: ProbeSettings, clock: Clock, probes: readonly Probe[], services: Services, answers: Answers) {
    this.#clock = clock;
    this.#probes = probes;
    this.#services = services;
    this.#answers = answers;
    this.#linkFile = `/sys/class/net/${settings.hostLink}`;
    this.#routes = new FlannelRoutes(settings.hostLink, settings.flannelCidr);
    this.#looksUp = settings.probes.some((name) => discovering.includes(name));
  }

  /** Is the lab's network link there? */
  linked(): boolean {
    return existsSync(this.#linkFile);
  }

  tick(slot: number, missed: number): void {
    this.missedSlots += missed;
    const linked = this.linked();
    if (this.#wasLinked && !linked) {
      for (const connected of [this.#services, ...this.#probes]) connected.disconnect(noLab);
      this.#routes.forget();
    }
    this.#wasLinked = linked;
    if (linked && this.#looksUp) {
      this.#services.tick();
      this.#routes.follow(this.#services.leases);
    }
    for (const probe of this.#probes) {
      if (linked) probe.ask();
      else this.#answers.report({ probe: probe.name, wallMs: this.#clock.wall(), ms: 0, ok: false, error: noLab });
    }
    if (slot % flushEvery === 0) this.#answers.file.flush();
  }
}

/** Reads back what the probe stored and ends it. @returns what its `probe-ended` says, and what was read */
async function ended(
  probe: Probe,
  readBackMs: number,
  asked: ReadonlySet<ProbeName>,
): Promise<{ data: { probe: ProbeName; error?: string }; read: ReadBack[] }> {
  let trouble = probe.trouble();
  // What is acknowledged while its store is read back would count as lost; what was merely on its way at the end is no failure.
  await probe.finish();
  let read: ReadBack[] = [];
  try {
    if (probe.readBack !== undefined) read = [await probe.readBack(readBackMs)];
  } catch (error) {
    trouble ??= `cannot read back: ${shortError(error)}`;
  }
  if (!asked.has(probe.name)) trouble ??= 'it never asked anything';
  probe.disconnect(runEnded);
  return { data: { probe: probe.name, ...(trouble === undefined ? {} : { error: trouble }) }, read };
}

/** Those that are told by etcd where to ask. */
const discovering: readonly ProbeName[] = ['memcached', 'couchbase'];

async function openProbe(name: ProbeName, context: ProbeContext, services: Services): Promise<Probe> {
  switch (name) {
    case 'page':
      return pageProbe(context);
    case 'socket':
      return socketProbe(context);
    case 'etcd-read':
      return etcdReadProbe(context);
    case 'etcd-write':
      return etcdWriteProbe(context);
    case 'memcached':
      return memcachedProbe(context, services);
    case 'couchbase':
      return couchbaseProbe(context, services);
  }
}
