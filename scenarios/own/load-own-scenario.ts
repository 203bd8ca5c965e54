import { resolve } from 'node:path';
import { LabError } from '#errors/lab-error.ts';
import { statedSeconds } from '#errors/seconds.ts';
import type { Scenario } from '../scenario.ts';
import { checkScenario } from './check-scenario.ts';
import { compileOwnScenario } from './compile.ts';
import { importFile } from './import-file.ts';
import { ownLine } from './own-line.ts';

/** Loading runs the file's top level only; what takes longer than this waits for something that never comes. */
const loadDeadlineMs = 10_000;

/**
 * A reader's own scenario: compiles the file (TypeScript or JavaScript, with what it imports), loads it and checks its
 * default export.
 * @param path of the file, absolute or relative to the working directory
 * @throws LabError `missing.scenario-file`, `input.scenario` (does not compile, throws while loading, exports no
 *   scenario), `timeout.scenario-file` (its top level does not end)
 */
export async function loadOwnScenario(path: string): Promise<Scenario> {
  const source = resolve(path);
  const bundle = await compileOwnScenario(source);
  const loaded = await load(source, bundle);
  if (loaded.default === undefined) {
    const others = Object.keys(loaded);
    const instead = others.length === 0 ? 'it exports nothing' : `it exports only ${others.join(', ')}`;
    throw new LabError({
      code: 'input.scenario',
      cause: `${source} has no default export; ${instead}`,
      next: `write \`export default scenario({ ... })\` in ${path}; \`lab scenario new NAME\` writes one that works`,
    });
  }
  return checkScenario(loaded.default, source);
}

async function load(source: string, bundle: string): Promise<{ default?: unknown }> {
  // Every await between here and the file's own line is a frame of the error's stack; ten are too few to reach it.
  Error.stackTraceLimit = Math.max(Error.stackTraceLimit, 60);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(tooLong(source)), loadDeadlineMs);
  });
  try {
    return (await Promise.race([importFile(bundle), late])) as { default?: unknown };
  } catch (error) {
    if (error instanceof LabError) throw error;
    const line = ownLine(error, source);
    throw new LabError({
      code: 'input.scenario',
      cause: `${line?.place ?? source} throws while it is loaded: ${error instanceof Error ? error.message : String(error)}`,
      evidence: line?.evidence ?? [],
      next: `mend it; what needs the lab belongs into run(), which gets it`,
      error,
    });
  } finally {
    clearTimeout(timer);
  }
}

function tooLong(source: string): LabError {
  return new LabError({
    code: 'timeout.scenario-file',
    cause: `${source} was still loading after ${statedSeconds(loadDeadlineMs)}: its top level awaits something that does not come`,
    next: 'move what waits into run(), where until() gives it a deadline',
  });
}
