import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lab } from '#provision/cluster/lab.ts';
import { forgetOtherClusters } from '#provision/host/other-clusters.ts';
import { requireWritable } from '#provision/host/require-writable.ts';
import { takeScenarioLock } from '#scenarios/harness/faults/scenario-lock.ts';
import { readHistoryFile, type RecordedHistory, writeHistory } from '#simulation/recorded/history-file.ts';
import { judgeHistory, type Judgement, violationText } from '#simulation/recorded/judge-history.ts';
import { type JudgeOptions, judgeUsage, readJudgeOptions } from '#simulation/recorded/options.ts';
import { recordHistory } from '#simulation/recorded/record.ts';
import { exitCodes } from '#errors/lab-error.ts';
import { openLab, requireRoot } from './open-lab.ts';
import { renderError } from './render/error.ts';
import { printErr } from './render/terminal.ts';

/** `npm run judge`: faults on the lab's real machines, and what came of them judged by the simulation's checkers. Ends with 1 when a promise was broken. */
async function main(): Promise<void> {
  const options = readJudgeOptions(process.argv.slice(2), Math.floor(Math.random() * 2 ** 31));
  if (options.help) return console.log(judgeUsage);
  if (options.history !== undefined) return tell(options, await readHistoryFile(options.history), options.history);
  forgetOtherClusters(process.env);
  requireRoot();
  const repoDir = process.env['LAB_ROOT'] ?? process.cwd();
  const runs = join(repoDir, 'runs/judge');
  requireWritable(runs, 'the history must be written there');
  const lab = await openLab({ repoDir });
  const release = await takeScenarioLock(lab.paths, `npm run judge -- --seed ${options.seed}`);
  try {
    await lab.up();
    const history = await recorded(lab, options);
    await mkdir(runs, { recursive: true });
    const file = join(
      runs,
      `seed-${options.seed}-${new Date().toISOString().slice(0, 19).replaceAll(':', '-')}.ndjson`,
    );
    await writeHistory(file, history);
    tell(options, history, file);
  } finally {
    await release();
  }
}

async function recorded(lab: Lab, { seed, faults, longestSeconds, json }: JudgeOptions): Promise<RecordedHistory> {
  const interrupt = new AbortController();
  const onInterrupt = (): void => {
    if (interrupt.signal.aborted) process.exit(exitCodes.interrupted);
    printErr('\ninterrupted: undoing the faults (once more to leave at once)');
    interrupt.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, onInterrupt);
  const say = (line: string): void => {
    if (!json) console.log(line);
  };
  say(`seed ${seed}`);
  const longestMs = longestSeconds === undefined ? 4 * lab.config.timers.fleetAgentTtlMs : longestSeconds * 1000;
  return recordHistory({ lab, seed, faults, longestMs, signal: interrupt.signal, say });
}

function tell({ json }: JudgeOptions, history: RecordedHistory, file: string): void {
  const judgement = judgeHistory(history);
  const { violation } = judgement;
  if (violation !== undefined) process.exitCode = 1;
  const { seed, gaps } = history;
  const transcript = violation === undefined ? undefined : violationText(history, violation);
  if (json) return console.log(JSON.stringify({ seed, ...judgement, gaps, transcript, history: file }));
  for (const gap of gaps) console.log(`not known: ${gap}`);
  if (transcript !== undefined) console.log(transcript);
  console.log(`${summary(judgement)}\nhistory: ${file}`);
}

function summary(judgement: Judgement): string {
  const { seconds, faults, operations, commits, turns, settledAfterSeconds: settled, violation } = judgement;
  const rest = settled === undefined ? 'never at rest' : `at rest ${settled.toFixed(1)} s after the last fault`;
  return [
    `${seconds.toFixed(0)} s on real machines: ${faults} faults, ${operations} operations, ${commits} commits, ${turns} turns of units; ${rest}`,
    violation === undefined ? '0 violations' : '1 violation',
  ].join('\n');
}

main().catch((error: unknown) => {
  process.exitCode = renderError(error);
});
