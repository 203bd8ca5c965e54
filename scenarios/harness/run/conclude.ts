import { join } from 'node:path';
import type { InvariantName } from '../context/scenario.ts';
import { engineDecisions } from '../record/decisions.ts';
import { eventsOf } from '../record/events-of.ts';
import { readJournals, streamConnections, writeJournals } from '../context/evidence.ts';
import { standingInvariants } from '../invariants/standing-invariants.ts';
import type { OpenRun } from './open-run.ts';
import { clockJournal } from '../probes/clock-journal.ts';
import { measureClockError } from '../probes/clock-error.ts';
import { readSamples } from '../record/read-samples.ts';
import type { ProbeName } from '../record/sample.ts';
import { summariseProbes } from '../record/summarise-probes.ts';
import type { ReadBack, RunRecord } from '../record/run-record.ts';
import type { RunReport } from '../record/run-report.ts';
import { writeReport } from '../report/write-report.ts';
import { runSentence } from './run-sentence.ts';
import { seconds } from '#errors/seconds.ts';
import { mustHave } from '#errors/must-have.ts';
import { type Finding, overallVerdict } from '../record/verdict.ts';

/** Everything the stack and the platform log on the machines. */
const recordedUnits = [
  'fleet',
  'etcd',
  'flanneld',
  'docker',
  'couchbase@*',
  'couchbase-sidekick@*',
  'memcached@*',
  'memcached-sidekick@*',
  'worker',
  'web@*',
].map((unit) => `${unit}.service`);

/** Invariants that are about what a probe saw; without that probe they say nothing. */
const probeOf: Partial<Record<InvariantName, ProbeName>> = {
  documents: 'couchbase',
  'etcd-writes': 'etcd-write',
  sessions: 'page',
};

/** A busy host writes a journal line that late; a clock that is further away is another clock. */
const clockToleranceMs = 2_000;

/** Undoes every fault, gathers the evidence, checks the invariants and writes the report. */
export async function conclude(run: OpenRun): Promise<RunReport> {
  const { log, recorder, request } = run;
  await run.fault.undoAll().catch((error: unknown) => run.brokenOff(error));
  const endMs = Math.round(log.nowMs());
  const [probes, clockErrorMs] = await Promise.all([stopProbes(run), clockError(run)]);
  await run.cluster.stop();
  const record = await recordOf(run, probes.readBack);
  // What an interrupted run did not come to do refutes nothing.
  for (const work of request.signal.aborted ? [] : run.afterwards) {
    try {
      await work(record);
    } catch (error) {
      run.brokenOff(error);
    }
  }
  checkProbes(run, record);
  checkClocks(run, clockErrorMs);
  checkInvariants(run, record);
  const { findings } = recorder;
  const verdict = overallVerdict(findings);
  const report: RunReport = {
    schema: 'coreos-lab/run/2',
    scenario: request.scenario.name,
    summary: request.scenario.summary,
    parameters: request.parameters,
    command: request.command,
    lab: { name: request.lab.config.name, provider: run.provider.name, timers: { ...request.lab.config.timers } },
    startedAt: run.startedAt.toISOString(),
    tookMs: Math.round(log.nowMs()),
    verdict,
    sentence: runSentence({ verdict, findings, timeline: recorder.timeline }),
    phases: recorder.phases(endMs),
    timeline: recorder.timeline,
    measures: recorder.measures,
    findings,
    faults: faultsUntilUndone(record),
    snapshots: run.snapshots,
    decisions: engineDecisions(record.journal, record.wallToRunMs),
    probes: summariseProbes(record.samples),
    harness: {
      ...(probes.cpuPercent === undefined ? {} : { probeCpuPercent: probes.cpuPercent }),
      ...(clockErrorMs === undefined ? {} : { clockErrorMs }),
    },
    facts: recorder.facts,
    runDir: run.runDir,
    screenshots: eventsOf(log.events, 'screenshot').map(({ data }) => data.file),
  };
  log.add({ type: 'verdict', data: { verdict, sentence: report.sentence } });
  await writeReport(run.runDir, report, record);
  return report;
}

async function stopProbes(run: OpenRun): Promise<{ readBack: readonly ReadBack[]; cpuPercent?: number }> {
  if (run.probes === undefined) return { readBack: [] };
  try {
    return await run.probes.stop();
  } catch (error) {
    run.brokenOff(error);
    return { readBack: [] };
  }
}

/** Undefined when a machine's journal could not be written to or read: then the report states no figure. */
async function clockError(run: OpenRun): Promise<number | undefined> {
  const { lab } = run.request;
  const measured = await measureClockError(
    run.provider,
    lab.config.machines,
    clockJournal(lab),
    lab.config.stretch,
  ).catch((error: unknown) => {
    const text = `no clock error: ${error instanceof Error ? error.message : String(error)}`;
    run.log.add({ type: 'note', data: { text } });
  });
  return measured?.worstMs;
}

async function recordOf(run: OpenRun, readBack: readonly ReadBack[]): Promise<RunRecord> {
  const { lab } = run.request;
  const sinceMs = run.startedAt.getTime();
  const start = mustHave(run.log.events[0], 'first event');
  const wallToRunMs = start.wallMs - start.atMs;
  const [journal, connections, samples] = await Promise.all([
    readJournals(lab, sinceMs, recordedUnits),
    streamConnections(lab),
    run.probes === undefined ? [] : readSamples(join(run.runDir, 'samples.ndjson')),
    writeJournals(lab, run.runDir, sinceMs),
  ]);
  return {
    config: lab.config,
    events: run.log.events,
    samples,
    journal,
    readBack,
    wallToRunMs,
    // An older run's connections belong to its own report.
    connections: connections?.filter(({ closedAt }) => (closedAt ?? Infinity) >= sinceMs),
  };
}

/** A probe that could not run leaves a hole in the evidence: the verdict may not be pass. */
function checkProbes(run: OpenRun, record: RunRecord): void {
  const failed = new Set<ProbeName>();
  for (const { data } of eventsOf(record.events, 'probe-ended')) {
    if (data.error === undefined) continue;
    failed.add(data.probe);
    const name = `probe ${data.probe} ran all through`;
    run.recorder.finding({ name, verdict: 'unknown', evidence: data.error }, 'evidence');
  }
  const silent = run.probeNames.filter((probe) => !record.samples.some((sample) => sample.probe === probe));
  for (const probe of silent) {
    if (failed.has(probe)) continue;
    const name = `probe ${probe} ran all through`;
    run.recorder.finding({ name, verdict: 'unknown', evidence: 'it asked nothing' }, 'evidence');
  }
}

/** Times out of the machines' journals are compared with the run's own. */
function checkClocks(run: OpenRun, errorMs: number | undefined): void {
  const toleratedMs = clockToleranceMs * run.request.lab.config.stretch;
  if (errorMs === undefined || errorMs <= toleratedMs) return;
  const name = "the machines' clocks agree with this host's";
  const evidence = `at most ${seconds(errorMs)} apart, more than ${seconds(toleratedMs)}: what is taken from journals may be wrong`;
  run.recorder.finding({ name, verdict: 'unknown', evidence }, 'evidence');
}

function checkInvariants(run: OpenRun, record: RunRecord): void {
  const { without = {} } = run.request.scenario.needs;
  for (const [name, check] of Object.entries(standingInvariants) as [InvariantName, (r: RunRecord) => Finding][]) {
    const reason = without[name];
    const probe = probeOf[name];
    if (reason !== undefined) run.recorder.fact(`not checked: ${name}`, reason);
    else if (probe === undefined || run.probeNames.includes(probe)) run.recorder.finding(check(record), 'invariant');
  }
}

/** From a fault's injection until its undoing was done: what the report shades. */
function faultsUntilUndone({ events }: RunRecord): RunReport['faults'] {
  const endMs = events.at(-1)?.atMs ?? 0;
  const ends = eventsOf(events, 'fault-undone');
  return eventsOf(events, 'fault').map(({ atMs, data: { id, machine, action, name } }) => {
    const undone = ends.find(({ data }) => data.id === id);
    return { id, machine, kind: action.kind, name, fromMs: atMs, toMs: undone?.atMs ?? endMs };
  });
}
