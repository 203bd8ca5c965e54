import { basename, join } from 'node:path';
import { LabError } from '#errors/lab-error.ts';
import { until } from '#provision/cluster/conditions/conditions.ts';
import type { MachineProvider } from '#provision/machines/machine-provider.ts';
import type { ScenarioContext } from '../context/scenario.ts';
import { makeLabUnderTest } from '../context/make-lab-under-test.ts';
import type { LabUnderTest } from '../context/lab-under-test.ts';
import { ClusterWatch } from '../watch/cluster-watch.ts';
import { EventLog } from '../record/event-log.ts';
import { createFaultKit } from '../faults/fault-kit.ts';
import type { FaultKit } from '../record/fault-record.ts';
import { resolveTarget } from '../faults/targets.ts';
import { type ProbeName, probeNames } from '../record/sample.ts';
import type { ProbeProcess } from '../probes/probe-process.ts';
import { Recorder } from './recorder.ts';
import type { RunRecord } from '../record/run-record.ts';
import type { ClusterSnapshot } from '../record/run-report.ts';
import { makeRunDirectory } from './make-run-directory.ts';
import type { RunRequest } from './run-request.ts';
import { takeSnapshot } from './snapshot.ts';

/** A run from its first event until it is concluded. */
export interface OpenRun {
  readonly request: RunRequest;
  readonly provider: MachineProvider;
  /** Unique on this host: the name of the run directory. */
  readonly id: string;
  readonly runDir: string;
  readonly startedAt: Date;
  readonly log: EventLog;
  readonly recorder: Recorder;
  readonly cluster: ClusterWatch;
  readonly lab: LabUnderTest;
  readonly fault: FaultKit;
  readonly context: ScenarioContext;
  readonly snapshots: ClusterSnapshot[];
  readonly afterwards: ((record: RunRecord) => void | Promise<void>)[];
  /** The probes this scenario runs under. */
  readonly probeNames: readonly ProbeName[];
  /** Absent until they are started. */
  probes?: ProbeProcess;
  /** Notes what ended the scenario: `timeout.condition` refutes a claim, all else is lacking evidence. */
  brokenOff(error: unknown): void;
}

/** Makes the run directory and everything a scenario is given. Nothing is done to the lab yet. */
export async function openRun(request: RunRequest, provider: MachineProvider): Promise<OpenRun> {
  const { lab: ground, scenario, signal, parameters } = request;
  const startedAt = new Date();
  const runDir = await makeRunDirectory(ground.repoDir, scenario.name, startedAt);
  const log = new EventLog(join(runDir, 'events.ndjson'));
  log.subscribe(request.onEvent);
  tellBeginning(log, request);
  const recorder = new Recorder(log);
  const cluster = new ClusterWatch(ground, log);
  const lab = makeLabUnderTest({
    lab: ground,
    provider,
    log,
    cluster,
    runDir,
    startedAtMs: startedAt.getTime(),
    resolve: (target) => resolve(target),
  });
  const fault = createFaultKit({ provider, lab: ground, resolve: (target) => resolve(target), log, signal });
  const resolve = async (target: string): Promise<string> =>
    resolveTarget(target, {
      view: cluster.view,
      machines: lab.machines.map(({ name }) => name),
      engineLeader: target.includes('engine') ? await lab.fleet.engineLeader() : undefined,
      etcdLeader: target.includes('etcd') ? await lab.etcd.leader() : undefined,
      faulted: fault.active.map(({ machine }) => machine),
    });
  const snapshots: ClusterSnapshot[] = [];
  const afterwards: OpenRun['afterwards'] = [];
  const context: ScenarioContext = {
    lab,
    fault,
    parameters,
    signal,
    runDir,
    events: log.events,
    now: () => Math.round(log.nowMs()),
    until: waiting(log, ground.config.stretch, signal),
    phase: (name) => recorder.phase(name),
    mark: (name, atMs, options) => recorder.mark(name, atMs, options),
    measure: (name, span) => recorder.measure(name, span),
    invariant: (finding) => recorder.finding(finding, 'claim'),
    note: (text) => void log.add({ type: 'note', data: { text } }),
    event: (name, values = {}) => void log.add({ type: 'own', data: { name, values } }),
    fact: (name, value) => recorder.fact(name, value),
    snapshot: async (label) => {
      const snapshot = await takeSnapshot(lab, fault.active, label, Math.round(log.nowMs()));
      snapshots.push(snapshot);
      return snapshot;
    },
    afterwards: (work) => void afterwards.push(work),
  };
  return {
    request,
    provider,
    id: basename(runDir),
    runDir,
    startedAt,
    log,
    recorder,
    cluster,
    lab,
    fault,
    context,
    snapshots,
    afterwards,
    probeNames: scenario.needs.probes ?? (scenario.needs.stack === 'deployed' ? probeNames : []),
    brokenOff: (error) => brokenOff(request.explainError?.(error) ?? error, log, recorder),
  };
}

function tellBeginning(log: EventLog, { scenario, parameters, command, lab }: RunRequest): void {
  log.add({ type: 'run', data: { scenario: scenario.name, parameters, command, lab: lab.config.name } });
}

/** @param stretch how much longer everything may take on slow machines */
function waiting(log: EventLog, stretch: number, signal: AbortSignal): ScenarioContext['until'] {
  return async (condition, { within }) => {
    const withinMs = within * stretch;
    log.add({ type: 'wait', data: { condition: condition.name, deadlineMs: withinMs } });
    const missing = () => {
      throwIfInterrupted(signal);
      return condition.missing();
    };
    const onMissing = (text: string) =>
      void log.add({ type: 'wait-missing', data: { condition: condition.name, missing: text } });
    await until({ ...condition, missing }, { withinMs, next: 'lab fleetctl list-units', onMissing });
    return log.add({ type: 'wait-held', data: { condition: condition.name } });
  };
}

/** A condition that did not become true in time refutes the scenario's claim; anything else leaves it unproven. */
function brokenOff(error: unknown, log: EventLog, recorder: Recorder): void {
  const known = error instanceof LabError ? error : undefined;
  const cause = error instanceof Error ? error.message : String(error);
  const refuted = known?.code === 'timeout.condition';
  const stack = error instanceof Error ? (error.stack ?? '').split('\n').slice(1, 4) : [];
  const evidence = known === undefined ? stack.map((line) => line.trim()) : known.evidence;
  log.add({ type: 'error', data: { message: cause, code: known?.code ?? 'internal.scenario', evidence } });
  const kind = refuted ? 'claim' : 'evidence';
  recorder.finding({ name: cause, verdict: refuted ? 'fail' : 'unknown', evidence: evidence.join('\n') }, kind);
}

function throwIfInterrupted(signal: AbortSignal): void {
  if (!signal.aborted) return;
  throw new LabError({ code: 'interrupted.run', cause: 'the run was interrupted', next: 'lab status' });
}
