import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { LabError } from '../../errors/lab-error.ts';
import { type Condition, until } from '../../provision/cluster/conditions.ts';
import type { Lab } from '../../provision/cluster/lab.ts';
import type { Scenario, ScenarioContext, ScenarioParameters, ScenarioResult } from '../scenario.ts';
import { ClusterWatch } from './cluster-watch.ts';
import { collectJournals } from './evidence.ts';
import { EventLog, type RunEvent } from './event-log.ts';
import { Faults } from './fault.ts';
import { overallVerdict, type Verdict } from './verdict.ts';

/** What a run leaves behind, also as `report.json`. */
export interface RunReport extends ScenarioResult {
  readonly schema: 'coreos-lab/run/1';
  readonly scenario: string;
  readonly parameters: ScenarioParameters;
  readonly startedAt: string;
  readonly tookMs: number;
  readonly verdict: Verdict;
  readonly runDir: string;
}

/** Runs a scenario on a lab that is up. Evidence is kept whatever happens, and every fault is undone. */
export async function runScenario(args: {
  scenario: Scenario;
  lab: Lab;
  parameters: ScenarioParameters;
  onEvent: (event: RunEvent) => void;
}): Promise<RunReport> {
  const { scenario, lab, parameters } = args;
  const startedAt = new Date();
  const runDir = await makeRunDir(lab.repoDir, scenario.name, startedAt);
  const log = new EventLog(join(runDir, 'events.ndjson'));
  log.subscribe(args.onEvent);
  log.add('run', { scenario: scenario.name, parameters: { ...parameters } });
  const cluster = new ClusterWatch(lab, log);
  const faults = new Faults(log);
  const context: ScenarioContext = {
    ...{ lab, log, faults, cluster, parameters, runDir },
    until: (condition, withinMs) => waitLogged(log, condition, withinMs),
    fleetctl: (...fleetctlArgs) => runFleetctl(lab, log, fleetctlArgs),
    note: (text) => void log.add('note', { text }),
  };
  cluster.start();
  let result: ScenarioResult;
  try {
    result = await scenario.run(context);
  } catch (error) {
    result = brokenOff(error);
    log.add('error', { message: error instanceof Error ? error.message : String(error) });
  }
  await cluster.stop();
  await faults.undoAll().catch((error: unknown) => {
    result = { ...result, findings: [...result.findings, ...brokenOff(error).findings] };
  });
  await collectJournals(lab, runDir, startedAt.getTime(), []);
  const report: RunReport = {
    ...{ schema: 'coreos-lab/run/1', scenario: scenario.name, parameters, startedAt: startedAt.toISOString() },
    ...{ tookMs: Math.round(log.nowMs()), verdict: overallVerdict(result.findings), runDir },
    ...result,
  };
  log.add('verdict', { verdict: report.verdict });
  await writeFile(join(runDir, 'report.json'), `${JSON.stringify(report, null, 2)}\n`);
  return report;
}

/** A condition that did not become true in time refutes the scenario's claim; anything else leaves it unproven. */
function brokenOff(error: unknown): ScenarioResult {
  const known = error instanceof LabError ? error : undefined;
  const verdict = known?.code === 'timeout.condition' ? 'fail' : 'unknown';
  const cause = error instanceof Error ? error.message : String(error);
  const evidence =
    known === undefined && error instanceof Error ? (error.stack ?? '').split('\n').slice(1, 4) : known?.evidence;
  return { timeline: [], findings: [{ name: cause, verdict, evidence: (evidence ?? []).join('\n    ') }], facts: {} };
}

async function makeRunDir(repoDir: string, scenario: string, startedAt: Date): Promise<string> {
  const parent = join(repoDir, 'runs', scenario);
  const name = startedAt.toISOString().slice(0, 19).replaceAll(':', '-');
  await mkdir(join(parent, name), { recursive: true });
  await rm(join(parent, 'latest'), { force: true });
  await symlink(name, join(parent, 'latest'));
  return join(parent, name);
}

async function waitLogged(log: EventLog, condition: Condition, withinMs: number): Promise<void> {
  log.add('wait', { condition: condition.name, deadlineMs: withinMs });
  await until(condition, {
    withinMs,
    next: 'lab fleetctl list-units',
    onMissing: (missing) => void log.add('wait-missing', { condition: condition.name, missing }),
  });
  log.add('wait-held', { condition: condition.name });
}

/** The reader's own command, against the machines that run. */
async function runFleetctl(lab: Lab, log: EventLog, args: readonly string[]): Promise<void> {
  log.add('command', { command: `fleetctl ${args.join(' ')}` });
  const endpoints = lab.config.machines.map(({ address }) => `http://${address}:${lab.config.ports.fleetApi}`);
  const result = await execa(process.execPath, [join(lab.repoDir, 'dist/machine/bin/fleetctl.cjs'), ...args], {
    cwd: lab.repoDir,
    env: { FLEETCTL_ENDPOINT: endpoints.join(','), FLEETCTL_SSH_KEY: join(lab.paths.keysDir, 'id_ed25519') },
    all: true,
    reject: false,
    timeout: lab.config.timers.deployDeadlineMs,
  });
  for (const line of result.all.split('\n')) if (line !== '') log.add('output', { line });
  if (result.exitCode === 0) return;
  throw new LabError({
    code: 'command.fleetctl',
    cause: `fleetctl ${args[0] ?? ''} ended with exit code ${result.exitCode ?? 'none'}`,
    evidence: result.all.split('\n').slice(-10),
    next: `lab fleetctl ${args.join(' ')}`,
  });
}
