import { existsSync } from 'node:fs';
import type { ReadBack } from '../record/run-record.ts';
import type { Clock } from './clock.ts';
import { startGrid } from './grid.ts';
import { discovering, openProbe } from './open-probe.ts';
import type { Probe, ProbeContext } from './probe.ts';
import { SampleFile } from './sample-file.ts';
import type { Sample } from '../record/sample.ts';
import type { ProbeEvent, ProbeSettings } from './settings.ts';
import { shortError } from './http-ask.ts';
import { FlannelRoutes } from './flannel-routes.ts';
import { Services } from './services.ts';
import { Transitions } from './transitions.ts';

/** Samples wait in memory for at most so many ticks. */
const flushEvery = 5;
const noLab = 'the lab is not up';

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
  const file = new SampleFile(settings.samplesFile);
  const transitions = new Transitions();
  const asked = new Set<string>();
  const report = (sample: Sample): void => {
    asked.add(sample.probe);
    file.add(sample);
    const event = transitions.next(sample);
    if (event !== undefined) tell(event);
  };
  const context: ProbeContext = { settings, clock, report, tell };
  const linkFile = `/sys/class/net/${settings.hostLink}`;
  const services = new Services(settings.etcd, clock);
  const routes = new FlannelRoutes(settings.hostLink, settings.flannelCidr);
  const looksUp = settings.probes.some((name) => discovering.includes(name));
  const probes = await Promise.all(settings.probes.map((name) => openProbe(name, context, services)));
  for (const { name } of probes) tell({ type: 'probe-started', wallMs: clock.wall(), data: { probe: name } });

  let linked = true;
  let missedSlots = 0;
  const tick = (slot: number, missed: number): void => {
    missedSlots += missed;
    const linkedNow = existsSync(linkFile);
    if (linked && !linkedNow) {
      for (const connected of [services, ...probes]) connected.disconnect(noLab);
      routes.forget();
    }
    linked = linkedNow;
    if (linked && looksUp) {
      services.tick();
      routes.follow(services.leases);
    }
    for (const probe of probes) {
      if (linked) probe.ask();
      else report({ probe: probe.name, wallMs: clock.wall(), ms: 0, ok: false, error: noLab });
    }
    if (slot % flushEvery === 0) file.flush();
  };
  const grid = startGrid({ periodMs: settings.periodMs, clock, tick });

  const readBack = async (probe: Probe, deadlineMs: number): Promise<ReadBack[]> => {
    if (probe.readBack === undefined) return [];
    return [await probe.readBack(deadlineMs)];
  };
  return {
    flush: () => file.flush(),
    stop: async (readBackMs) => {
      grid.stop();
      const results = await Promise.all(
        probes.map(async (probe) => {
          let trouble = probe.trouble();
          const read = await readBack(probe, existsSync(linkFile) ? readBackMs : 0).catch((error: unknown) => {
            trouble ??= `cannot read back: ${shortError(error)}`;
            return [];
          });
          if (!asked.has(probe.name)) trouble ??= 'it never asked anything';
          probe.disconnect('the run has ended');
          const data = {
            probe: probe.name,
            ...(missedSlots > 0 && { missedSlots }),
            ...(trouble && { error: trouble }),
          };
          tell({ type: 'probe-ended', wallMs: clock.wall(), data });
          return read;
        }),
      );
      services.disconnect();
      file.close();
      return results.flat();
    },
  };
}
