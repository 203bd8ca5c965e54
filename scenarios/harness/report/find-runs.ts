import { readdir, readlink, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { LabError } from '#errors/lab-error.ts';

export interface RunPlace {
  readonly scenario: string;
  /** The directory's name, `2026-11-22T17-45-07`: by it runs sort in time. */
  readonly time: string;
  readonly dir: string;
}

/** All run directories below `runsDir`, newest first, whatever is in them. */
export async function findRuns(runsDir: string): Promise<RunPlace[]> {
  const perScenario = await Promise.all(
    (await directories(runsDir)).map(async (scenario) =>
      (await directories(join(runsDir, scenario))).map((time) => ({
        scenario,
        time,
        dir: join(runsDir, scenario, time),
      })),
    ),
  );
  return perScenario.flat().sort((a, b) => b.time.localeCompare(a.time) || a.scenario.localeCompare(b.scenario));
}

/**
 * The run a person means: nothing (the newest), a scenario (its latest), `scenario/time`, or a path of a run's
 * directory or of a file in it.
 * @throws LabError `missing.run`, naming those there are
 */
export async function resolveRun(runsDir: string, wanted: string | undefined, cwd: string): Promise<RunPlace> {
  const runs = await findRuns(runsDir);
  if (wanted === undefined) {
    const [newest] = runs;
    if (newest !== undefined) return newest;
    throw new LabError({ code: 'missing.run', cause: 'there is no run yet', next: 'lab scenario failover' });
  }
  const [scenario = '', time] = wanted.replace(/\/$/, '').split('/');
  const own = runs.filter((run) => run.scenario === scenario);
  const named = time === undefined ? await latest(runsDir, own) : await byTime(runsDir, own, time);
  const found = named ?? (await atPath(resolve(cwd, wanted)));
  if (found !== undefined) return found;
  const known = (own.length > 0 ? own : runs).slice(0, 5).map((run) => `${run.scenario}/${run.time}`);
  throw new LabError({
    code: 'missing.run',
    cause: `no run ${wanted}${runs.length === 0 ? ': there is none yet' : ''}`,
    evidence: known,
    next: runs.length === 0 ? 'lab scenario failover' : 'lab runs',
  });
}

async function latest(runsDir: string, own: readonly RunPlace[]): Promise<RunPlace | undefined> {
  const [newest] = own;
  if (newest === undefined) return undefined;
  const linked = await readlink(join(runsDir, newest.scenario, 'latest')).catch(() => '');
  return own.find(({ time }) => time === basename(linked)) ?? newest;
}

async function byTime(runsDir: string, own: readonly RunPlace[], time: string): Promise<RunPlace | undefined> {
  return time === 'latest' ? await latest(runsDir, own) : own.find((run) => run.time === time);
}

async function atPath(path: string): Promise<RunPlace | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return undefined;
  const dir = found.isDirectory() ? path : dirname(path);
  const hasRecord = (await readdir(dir)).some((name) => name === 'report.json' || name === 'events.ndjson');
  return hasRecord ? { scenario: basename(dirname(dir)), time: basename(dir), dir } : undefined;
}

/** Real directories only: `latest` is a link to one of them. */
async function directories(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}
