import { mustHave } from '#errors/must-have.ts';
import { scenario, type ScenarioContext } from '../scenario.ts';
import type { RunRecord } from '../harness/record/run-record.ts';
import { containerOf, containerStartedMs } from '../stack/container-start.ts';
import { deployFindings } from './findings.ts';
import { firstRows, layerMoments } from './layer-moments.ts';
import { type LayerExtra, layerSteps, pagePrediction, rsvpPrediction } from './layer-steps.ts';
import { allUnits, type StackLayer, layerReady, stackLayers, startLayer } from '../stack/stack.ts';

const pageDeadlineMs = 60_000;

/** What the run itself saw, ms of the run. */
interface Seen {
  /** When each layer was asked for. */
  readonly askedMs: (layer: StackLayer['name']) => number;
  readonly firstDocumentMs: number;
  /** Wall-clock ms by container. */
  readonly containerStarts: ReadonlyMap<string, number | undefined>;
}

/** From an empty cluster to the first RSVP on the page, seconds per layer. */
export const deploy = scenario({
  name: 'deploy',
  summary: 'from an empty cluster to the first RSVP on the page, seconds per layer',
  needs: { stack: 'empty', probes: ['socket'] },
  parameters: {},
  async run(context) {
    const { lab } = context;
    const within = lab.config.timers.deployDeadlineMs;
    const asked = new Map<StackLayer['name'], number>();
    let firstDocumentMs = 0;
    for (const layer of stackLayers) {
      context.phase(layer.name);
      asked.set(layer.name, context.now());
      await startLayer(context, layer);
      // Asked from the command on, so that the moment of the first document is not that of a later look.
      if (layer.name === 'worker') firstDocumentMs = (await context.until(documentsStored(context), { within })).atMs;
      await context.until(layerReady(context, layer), { within });
    }
    context.phase('page');
    const { atMs } = await context.until(lab.page.showsRows(lab.machines.length), { within: pageDeadlineMs });
    await context.until(lab.page.changes(atMs), { within: pageDeadlineMs });
    const containerStarts = await startsOfContainers(context);
    const askedMs = (layer: StackLayer['name']) => mustHave(asked.get(layer), `moment at which ${layer} was asked for`);
    await context.snapshot('after');
    context.afterwards((record) => conclude(context, record, { askedMs, firstDocumentMs, containerStarts }));
  },
});

function documentsStored({ lab }: Pick<ScenarioContext, 'lab'>) {
  const missing = async () => {
    const count = await lab.page.documents();
    return count === undefined ? 'Couchbase does not say how many' : count === 0 ? 'no document yet' : undefined;
  };
  return { name: 'the first RSVP is stored', missing };
}

async function startsOfContainers({ lab }: Pick<ScenarioContext, 'lab'>): Promise<Map<string, number | undefined>> {
  const starts = allUnits.map(async (unit) => {
    const [container, machine] = [containerOf(unit), lab.fleet.runningOn(unit)];
    if (container === undefined || machine === undefined) return [];
    return [[container, await containerStartedMs(lab, machine, container)] as const];
  });
  return new Map((await Promise.all(starts)).flat());
}

function conclude(
  context: Pick<ScenarioContext, 'lab' | 'mark' | 'measure' | 'invariant' | 'fact'>,
  record: RunRecord,
  seen: Seen,
): void {
  const { events, journal, wallToRunMs } = record;
  const { containerStarts } = seen;
  const pages = firstRows(events, seen.askedMs('web'));
  const everyPageMs = pages.length === context.lab.machines.length ? pages.at(-1) : undefined;
  const feed = journal.find(({ unit, message }) => unit === 'worker.service' && /^feed: connected/.test(message));
  const extras: Partial<Record<StackLayer['name'], LayerExtra[]>> = {
    worker: [
      { name: 'connected to the stream', at: feed === undefined ? undefined : Math.round(feed.wallMs - wallToRunMs) },
      { name: 'first document', at: seen.firstDocumentMs, predicted: rsvpPrediction(context.lab.config.rsvp.rate) },
    ],
    web: [{ name: 'rows on every page', at: everyPageMs, predicted: pagePrediction }],
  };
  const began = seen.askedMs('couchbase');
  context.mark('the first command', began, { detail: 'fleetctl start couchbase@1 couchbase-sidekick@1' });
  const reached: { name: string; at: number | undefined }[] = [{ name: 'first row on a page', at: pages[0] }];
  for (const layer of stackLayers) {
    const askedMs = seen.askedMs(layer.name);
    const moments = layerMoments({ layer, askedMs, events, journal, containerStarts, wallToRunMs });
    const steps = layerSteps(layer, askedMs, moments, extras[layer.name] ?? []);
    for (const { name, ...span } of steps) context.measure(name, { ...span, group: layer.name });
    reached.push({ name: `${layer.name} active`, at: moments.active });
    if (layer.keys.length > 0) reached.push({ name: `${layer.name} registered`, at: moments.registered });
    for (const { name, at } of extras[layer.name] ?? []) reached.push({ name, at });
  }
  // A page may show rows before the last web unit is active; what never happened comes last.
  const inTime = reached.toSorted((a, b) => (a.at ?? Infinity) - (b.at ?? Infinity) || 0);
  for (const { name, at } of inTime) context.mark(name, at);
  context.measure('first command to first row', { from: began, to: pages[0], group: 'in all' });
  context.measure('first command to rows on every page', { from: began, to: everyPageMs, group: 'in all' });
  for (const finding of deployFindings(record, began)) context.invariant(finding);
}
