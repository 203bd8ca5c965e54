import type { Lab } from '#provision/cluster/lab.ts';
import { findScenario, scenarios } from '#scenarios/catalog.ts';
import type { RunPlace } from '#scenarios/harness/report/find-runs.ts';
import { expectDeed } from './deeds/expect-deed.ts';
import { LabDeeds } from './deeds/lab-deeds.ts';
import { type ScenarioCommand, ScenarioChild } from './deeds/scenario-child.ts';
import { type GuidePlace, guideBeside } from './guide-beside.ts';
import { LiveLab } from './live/live-lab.ts';
import type { Moment } from './moment/moment.ts';
import { fold, type Story } from './moment/story.ts';
import { readStory } from './record/read-story.ts';
import { readPageFiles } from './server/page-files.ts';
import { deedKinds } from './server/protocol.ts';
import { type Dashboard, serveDashboard } from './server/serve.ts';
import { Storyteller } from './server/storyteller.ts';

export interface Served extends Pick<Dashboard, 'url' | 'port'> {
  /** `lab NAME`, or `failover/2026-11-29T09-21-54`. */
  readonly title: string;
  close(): Promise<void>;
}

interface Place {
  /** 0: any that is free. */
  readonly port: number;
  /** Where Vite has built the page. */
  readonly pageDir: string;
}

/**
 * The dashboard of a lab that is up, live, until it is closed.
 * @param options.describeLab the lab as it is made of now, asked for anew while it is not up
 * @throws LabError `host.port`, `internal.build`
 */
export async function serveLab(
  options: Place & {
    readonly lab: Lab;
    readonly describeLab: () => Promise<Lab>;
    readonly guide: GuidePlace;
    readonly scenarioCommand: ScenarioCommand;
  },
): Promise<Served> {
  const files = await readPageFiles(options.pageDir);
  const guide = await guideBeside(options.guide);
  const title = `lab ${options.lab.config.name}`;
  const teller = new Storyteller();
  const dashboard = await serveDashboard({
    port: options.port,
    files,
    hello: () => ({
      title,
      mode: 'live',
      story: teller.story,
      beganWallMs: teller.beganWallMs,
      sentence: undefined,
      deeds: deedKinds,
      scenarios: scenarios.map(({ name, summary }) => ({ name, summary })),
    }),
    listen: (listener) => teller.listen(listener),
    deeds: {
      expect: (machine, kind) => expectDeed(live.lab, lastOf(teller.story), machine, kind),
      perform: (machine, kind) => deeds.perform(machine, kind),
      startScenario: (name) => scenario.start(findScenario(name).name),
      endScenario: () => scenario.stop(),
    },
    guide,
  });
  const scenario = new ScenarioChild(options.scenarioCommand, (seen) => teller.tell(seen));
  const live = new LiveLab(options.lab, {
    describeLab: options.describeLab,
    tell: (seen) => teller.tell(seen),
    nowMs: () => teller.nowMs(),
    watched: () => dashboard.pages() > 0,
  });
  const deeds = new LabDeeds(
    () => live.lab,
    (seen) => teller.tell(seen),
  );
  const stop = await live.start();
  return {
    title,
    url: dashboard.url,
    port: dashboard.port,
    close: async () => {
      guide.end();
      await dashboard.close();
      await scenario.stop();
      await deeds.end();
      await stop();
      teller.end();
    },
  };
}

function lastOf({ base, seen }: Story): Moment {
  return fold(base, seen);
}

/** The dashboard of a recorded run. @throws LabError `host.port`, `internal.build`, and what `readStory` throws */
export async function serveRun(options: Place & { readonly place: RunPlace }): Promise<Served> {
  const { scenario, time, dir } = options.place;
  const files = await readPageFiles(options.pageDir);
  const { story, beganWallMs, sentence } = await readStory(dir);
  const title = `${scenario}/${time}`;
  const dashboard = await serveDashboard({
    port: options.port,
    files,
    hello: () => ({ title, mode: 'run', story, beganWallMs, sentence, deeds: [], scenarios: [] }),
    listen: () => () => undefined,
    deeds: undefined,
    guide: undefined,
  });
  return { title, url: dashboard.url, port: dashboard.port, close: () => dashboard.close() };
}
