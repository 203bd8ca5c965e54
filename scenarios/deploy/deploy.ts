import { scenario, type ScenarioContext } from '../scenario.ts';
import type { RunRecord } from '../harness/record/run-record.ts';
import { containerOf, containerStartedMs } from './container-start.ts';
import { deployFindings } from './findings.ts';
import { layerMoments } from './layer-moments.ts';
import { type LayerExtra, layerSteps, pagePrediction, rsvpPrediction } from './layer-steps.ts';
import { allUnits, deployLayer, type Layer, layers } from './stack.ts';

const pageDeadlineMs = 60_000;

/** What the run itself saw, ms of the run. */
interface Seen {
  readonly asked: ReadonlyMap<Layer['name'], number>;
  readonly firstDocumentMs: number;
  readonly firstPageMs: number;
  readonly everyPageMs: number;
}

/** From an empty cluster to the first RSVP on the page, seconds per layer. */
export const deploy = scenario({
  name: 'deploy',
  summary: 'from an empty cluster to the first RSVP on the page, seconds per layer',
  needs: { stack: 'empty', probes: ['socket'] },
  parameters: {},
  async run(context) {
    const { lab } = context;
    const asked = new Map<Layer['name'], number>();
    let firstDocumentMs = 0;
    for (const layer of layers) {
      context.phase(layer.name);
      asked.set(layer.name, context.now());
      await deployLayer(context, layer);
      if (layer.name !== 'worker') continue;
      const stored = await context.until(documentsStored(context), { within: pageDeadlineMs });
      firstDocumentMs = stored.atMs;
    }
    context.phase('page');
    const firstPageMs = (await context.until(lab.page.showsRows(1), { within: pageDeadlineMs })).atMs;
    const everyPageMs = (await context.until(lab.page.showsRows(lab.machines.length), { within: pageDeadlineMs })).atMs;
    await context.until(lab.page.changes(firstPageMs), { within: pageDeadlineMs });
    const containerStarts = await startsOfContainers(context);
    await context.snapshot('after');
    const seen: Seen = { asked, firstDocumentMs, firstPageMs, everyPageMs };
    context.afterwards((record) => conclude(context, record, seen, containerStarts));
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
  containerStarts: ReadonlyMap<string, number | undefined>,
): void {
  const { events, journal, wallToRunMs } = record;
  const feed = journal.find(({ unit, message }) => unit === 'worker.service' && /^feed: connected/.test(message));
  const extras: Partial<Record<Layer['name'], LayerExtra[]>> = {
    worker: [
      { name: 'connected to the stream', at: feed === undefined ? undefined : Math.round(feed.wallMs - wallToRunMs) },
      { name: 'first document', at: seen.firstDocumentMs, predicted: rsvpPrediction(context.lab.config.rsvp.rate) },
    ],
    web: [
      { name: 'first page with rows', at: seen.firstPageMs, predicted: pagePrediction },
      { name: 'every page with rows', at: seen.everyPageMs },
    ],
  };
  const began = seen.asked.get('couchbase') ?? 0;
  context.mark('asked for Couchbase', began);
  for (const layer of layers) {
    const askedMs = seen.asked.get(layer.name) ?? 0;
    const moments = layerMoments({ layer, askedMs, events, journal, containerStarts, wallToRunMs });
    const steps = layerSteps(layer, askedMs, moments, extras[layer.name] ?? []);
    for (const { name, ...span } of steps) context.measure(name, { ...span, group: layer.name });
    context.mark(`${layer.name} active`, moments.active);
    if (layer.keys.length > 0) context.mark(`${layer.name} registered`, moments.registered);
    for (const extra of extras[layer.name] ?? []) context.mark(extra.name, extra.at);
  }
  context.measure('command to first row on a page', { from: began, to: seen.firstPageMs, group: 'in all' });
  context.measure('command to rows on every page', { from: began, to: seen.everyPageMs, group: 'in all' });
  for (const finding of deployFindings(record, began)) context.invariant(finding);
}
