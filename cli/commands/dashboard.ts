import { join } from 'node:path';
import { serveLab, serveRun, type Served } from '#dashboard/serve-dashboard.ts';
import type { GuidePlace } from '#dashboard/guide-beside.ts';
import { LabError } from '#errors/lab-error.ts';
import { checkNow, openReading } from '#guide/walk/reading.ts';
import { resolveRun } from '#scenarios/harness/report/find-runs.ts';
import { mustHave } from '#errors/must-have.ts';
import { commandsOf, lookFrom, wordsOf } from '../guide-place.ts';
import type { Invocation } from '../invocation.ts';
import { describeLab, lookAtLab, requireRoot } from '../open-lab.ts';
import { printOut } from '../render/terminal.ts';

interface Options {
  readonly run?: string;
  /** As typed. */
  readonly port?: string;
  readonly json?: boolean;
}

/** Serves the dashboard of this lab, or of a recorded run, until Ctrl-C. */
export async function dashboard(from: Invocation, options: Options): Promise<void> {
  const end = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => end.abort());
  const port = portOf(options.port);
  const pageDir = join(from.repoDir, 'dist/dashboard');
  const served =
    options.run === undefined ? await ofLab(from, port, pageDir) : await ofRun(from, options.run, port, pageDir);
  try {
    if (options.json === true) console.log(JSON.stringify({ url: served.url, port: served.port, title: served.title }));
    else
      printOut(
        `${served.title}: ${served.url}\nOnly this host can open it, and only with the whole address. Ctrl-C ends it.`,
      );
    if (!end.signal.aborted)
      await new Promise((resolve) => end.signal.addEventListener('abort', resolve, { once: true }));
  } finally {
    await served.close();
  }
}

async function ofLab(from: Invocation, port: number, pageDir: string): Promise<Served> {
  requireRoot();
  const lab = await lookAtLab(from);
  if (!(await lab.provider().status()).up)
    throw new LabError({ code: 'state.lab-down', cause: `lab ${lab.config.name} is not up`, next: 'lab up' });
  return serveLab({
    lab,
    describeLab: () => describeLab(from, undefined, lab.configDir),
    guide: guidePlace(from),
    scenarioCommand: (name) => ({
      program: process.execPath,
      args: [mustHave(process.argv[1], 'program that Node runs'), 'scenario', name, '--json'],
    }),
    port,
    pageDir,
  });
}

/** The guide that is followed in this directory, with commands as they are typed here. */
function guidePlace(from: Invocation): GuidePlace {
  return {
    now: async () => {
      const reading = await openReading(from.repoDir, process.cwd()).catch((error: unknown) => {
        if (error instanceof LabError && error.code === 'missing.guide-progress') return undefined;
        throw error;
      });
      if (reading === undefined) return null;
      const { guide, step, progress } = reading;
      return {
        guide: guide.title,
        number: step.number,
        of: guide.steps.length,
        title: step.title,
        goal: wordsOf(reading, undefined)(step.goal),
        type: step.type.map(commandsOf(from, reading, undefined)),
        done: progress.passed[step.id] !== undefined,
      };
    },
    check: async () => {
      const { judged } = await checkNow(await openReading(from.repoDir, process.cwd()), lookFrom(from));
      return judged.map(({ text, missing }) => ({ text, missing: missing ?? null }));
    },
  };
}

async function ofRun({ repoDir }: Invocation, wanted: string, port: number, pageDir: string): Promise<Served> {
  const place = await resolveRun(join(repoDir, 'runs'), wanted, process.cwd());
  return serveRun({ place, port, pageDir });
}

/** @throws LabError `usage.value` */
function portOf(text: string | undefined): number {
  if (text === undefined) return 0;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (port >= 1 && port <= 65_535) return port;
  throw new LabError({
    code: 'usage.value',
    cause: `--port must be a number from 1 to 65535, not ${JSON.stringify(text)}`,
    next: 'lab dashboard --port 8088',
  });
}
