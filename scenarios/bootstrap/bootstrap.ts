import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { statedSeconds } from '#errors/seconds.ts';
import { emptyStack } from '../stack/stack.ts';
import { choice, flag, integer, scenario, type ScenarioContext } from '../scenario.ts';
import { delayEnvironment, delays, type Delays } from './delays.ts';
import { imageParameter, prepareImages, requireImage } from './image.ts';
import { couchbaseUnit, phaseMoments, type SeenRound } from './phases.ts';
import { type UnitKind, unitKinds } from './predictions.ts';
import { watchBootstrap } from './round.ts';
import { bootstrapFindings, phaseMeasures, totals } from './summary.ts';
import { withEnvironment } from './unit-variant.ts';

// The same two steps up from here and from the bundle in dist/cli.
const repoDir = join(import.meta.dirname, '../..');
const unitsDir = join(repoDir, 'units');
const firstUseBundle = join(repoDir, 'dist/cli/first-use.js');

/** Couchbase's bootstrap, phase by phase: the chapter's unit against one that waits on conditions. */
export const bootstrap = scenario({
  name: 'bootstrap',
  summary:
    'start Couchbase alone and time every phase until the first row: the book’s unit against one that waits on conditions',
  needs: {
    stack: 'empty',
    without: {
      'one-worker-connection': 'no worker runs',
      conflicts: 'no web unit runs',
      'nothing-moved': 'every bootstrap ends with its units destroyed',
    },
  },
  parameters: {
    repeat: integer(
      { standard: 1, min: 1, max: 100 },
      'bootstraps of each unit; with more than one, their distribution',
    ),
    unit: choice(['both', ...unitKinds], 'sleeps and a retry loop (book), waits on conditions, or both in turn'),
    delays: choice(['none', 'realistic'], 'how long the embedded server pretends to start and to warm up'),
    image: imageParameter,
    cold: flag('throw all images of the machines away before each bootstrap'),
  },
  async run(context) {
    const { repeat, unit, delays: kind, cold } = context.parameters;
    requireImage(context.lab.config.images, context.parameters.image);
    const units = unit === 'both' ? unitKinds : [unit];
    context.note(
      'only Couchbase and its sidekick run: the first write and the first row are made with the official SDK',
    );
    if (kind === 'realistic')
      context.note(
        `the embedded server listens after ${statedSeconds(delays[kind].startMs)}, its bucket is ready ${statedSeconds(delays[kind].warmupMs)} after it is made`,
      );
    const kinds: { unit: UnitKind; folder: string }[] = [];
    for (const one of units) kinds.push({ unit: one, folder: await writeUnits(context.runDir, one, kind) });

    const rounds: { unit: UnitKind; seen: SeenRound }[] = [];
    for (let n = 1; n <= repeat; n += 1) {
      // In turn, so that a host that gets busier does not speak for one of them.
      for (const { unit: one, folder } of kinds) {
        context.phase(repeat === 1 ? `${one} unit` : `${one} unit, ${n} of ${repeat}`);
        await emptyStack(context);
        await prepareImages(context.lab.machines, cold);
        rounds.push({ unit: one, seen: await bootstrapOnce(context, folder) });
      }
    }
    await emptyStack(context);
    context.afterwards(({ journal, wallToRunMs }) => conclude(context, rounds, { journal, wallToRunMs, kind }));
  },
});

/** Whatever happens, no unit with pretended delays stays behind. */
async function bootstrapOnce(context: ScenarioContext<object>, folder: string): Promise<SeenRound> {
  const files = ['couchbase@1.service', 'couchbase-sidekick@1.service'].map((name) => join(folder, name));
  try {
    return await watchBootstrap(context, { files, bundle: firstUseBundle });
  } catch (error) {
    await context.lab.fleet.tryFleetctl('destroy', couchbaseUnit, 'couchbase-sidekick@1.service');
    throw error;
  }
}

/** Template files of one kind of unit in the run's directory, kept there as evidence of what ran. */
async function writeUnits(runDir: string, unit: UnitKind, kind: Delays): Promise<string> {
  const folder = join(runDir, 'units', unit);
  await mkdir(folder, { recursive: true });
  const source = unit === 'book' ? join(unitsDir, 'book') : unitsDir;
  for (const name of ['couchbase@.service', 'couchbase-sidekick@.service']) {
    const text = await readFile(join(source, name), 'utf8');
    await writeFile(
      join(folder, name),
      name === 'couchbase@.service' ? withEnvironment(text, delayEnvironment(kind)) : text,
    );
  }
  // fleetctl runs in the repository's directory; a person reads the shorter name.
  return relative(repoDir, folder);
}

function conclude(
  context: Pick<ScenarioContext, 'measure' | 'invariant' | 'fact'>,
  seen: readonly { unit: UnitKind; seen: SeenRound }[],
  record: { journal: Parameters<typeof phaseMoments>[1]; wallToRunMs: number; kind: Delays },
): void {
  const { journal, wallToRunMs, kind } = record;
  const rounds = seen.map(({ unit, seen: round }) => ({
    unit,
    askedMs: Math.round(round.askedMs - wallToRunMs),
    moments: phaseMoments(round, journal, wallToRunMs),
  }));
  for (const { name, ...span } of phaseMeasures(rounds, kind)) context.measure(name, span);
  for (const finding of bootstrapFindings(rounds)) context.invariant(finding);
  for (const [name, value] of Object.entries(totals(rounds))) context.fact(name, value);
}
