import { basename, join } from 'node:path';
import type { Lab } from '#provision/cluster/lab.ts';
import type { LabEvent } from '#provision/cluster/parts/lab-event.ts';
import { requireWritable } from '#provision/host/require-writable.ts';
import { findScenario, scenarios } from '#scenarios/catalog.ts';
import { takeScenarioLock } from '#scenarios/harness/faults/scenario-lock.ts';
import type { RunRequest } from '#scenarios/harness/run/run-request.ts';
import { runScenario } from '#scenarios/harness/run/run-scenario.ts';
import { pagePort } from '#scenarios/harness/context/ports.ts';
import { verdictExitCodes } from '#scenarios/harness/record/verdict.ts';
import { loadOwnScenario } from '#scenarios/own/load-own-scenario.ts';
import { withOwnLine } from '#scenarios/own/own-line.ts';
import { writeTemplate } from '#scenarios/own/write-template.ts';
import type { Scenario } from '#scenarios/scenario.ts';
import { prepareStack } from '#scenarios/stack/stack.ts';
import { exitCodes } from '#errors/lab-error.ts';
import type { Invocation } from '../invocation.ts';
import { openLab, requireRoot } from '../open-lab.ts';
import { parameterHelp, parseParameters, scenarioCommand } from '../parse-parameters.ts';
import { Progress } from '../render/progress.ts';
import { renderRunReport } from '../render/run-report.ts';
import { renderRunEvents } from '../render/run.ts';
import { table } from '../render/table.ts';
import { printErr, printOut } from '../render/terminal.ts';

/** `lab scenario`: lists, runs one of the lab's or a reader's own, or writes a template. */
export async function scenario(
  from: Invocation,
  name: string | undefined,
  words: readonly string[],
  options: { json?: boolean },
): Promise<void> {
  if (name === undefined) return list(options.json === true);
  if (name === 'new') return writeNew(words[0]);
  const ownFile = name.endsWith('.ts') || name.includes('/') ? name : undefined;
  const chosen = ownFile === undefined ? findScenario(name) : await loadOwnScenario(ownFile);
  const given = parseParameters(name, chosen.parameters, words);
  if (given.help) return printOut(parameterHelp(name, chosen.summary, chosen.parameters));
  requireRoot();
  requireWritable(join(from.repoDir, 'runs', chosen.name), 'the record of the run must be written there');
  const json = options.json === true || given.json;
  const command = scenarioCommand(name, chosen.parameters, given.values);
  await run(from, { chosen, values: given.values, command, json, ...(ownFile === undefined ? {} : { ownFile }) });
}

interface What {
  readonly chosen: Scenario;
  readonly values: RunRequest['parameters'];
  readonly command: string;
  readonly json: boolean;
  /** The file of a reader's own scenario: its lines are the evidence when it throws. */
  readonly ownFile?: string;
}

async function run(from: Invocation, what: What): Promise<void> {
  const progress = new Progress();
  // Live lines while the lab comes up; during the run its lines would overwrite the run's own.
  let show: (event: LabEvent) => void = what.json ? () => undefined : progress.onEvent;
  const lab = await openLab(from, (event) => show(event));
  for (const notice of lab.config.notices) printErr(`note: ${notice}`);
  const names = lab.machines().map(({ name }) => name);
  for (const [name, spec] of Object.entries(what.chosen.parameters))
    spec.checkOnLab?.(what.values[name] as never, names);
  // Before the lab is touched: what another scenario has taken from it is not to be brought up.
  const release = await takeScenarioLock(lab.paths, what.command);
  try {
    await lab.up().finally(() => progress.stop());
    show = () => undefined;
    await runOnLab(lab, what);
    if (!what.json) printOut(`\n${staysUp(lab)}`);
  } finally {
    await release();
  }
}

async function runOnLab(lab: Lab, what: What): Promise<void> {
  const interrupt = new AbortController();
  const onInterrupt = () => {
    if (interrupt.signal.aborted) process.exit(exitCodes.interrupted);
    printErr('\ninterrupted: undoing the faults and keeping the evidence (once more to leave at once)');
    interrupt.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, onInterrupt);
  const events = what.json ? undefined : renderRunEvents();
  const { ownFile } = what;
  const report = await runScenario({
    scenario: what.chosen,
    lab,
    parameters: what.values,
    command: what.command,
    signal: interrupt.signal,
    prepareStack,
    ...(ownFile === undefined ? {} : { explainError: (error: unknown) => withOwnLine(error, ownFile) }),
    onEvent: (event) => (events === undefined ? console.log(JSON.stringify(event)) : events.show(event)),
  }).finally(() => events?.stop());
  if (!what.json) printOut(renderRunReport(report));
  process.exitCode = interrupt.signal.aborted ? exitCodes.interrupted : verdictExitCodes[report.verdict];
}

/** What a run leaves, so that nobody takes it for gone. */
function staysUp({ config: { machines, name } }: Lab): string {
  const pages = machines.map(({ address }) => `http://${address}:${pagePort}`).join(', ');
  return `Lab ${name} stays up: ${pages} where a web unit runs. lab destroy ends it.`;
}

function list(json: boolean): void {
  const all = scenarios.map(({ name, summary, parameters }) => ({
    name,
    summary,
    parameters: Object.keys(parameters),
  }));
  if (json) return console.log(JSON.stringify(all));
  printOut(
    table(
      ['SCENARIO', 'WHAT IT SHOWS'],
      all.map(({ name, summary }) => [name, summary]),
    ),
  );
  printOut('\nlab scenario NAME --help names its parameters; lab scenario new NAME begins one of your own.');
}

async function writeNew(name: string | undefined): Promise<void> {
  const file = await writeTemplate(name ?? '', process.cwd());
  printOut(`${file} is written. Run it: lab scenario ./${basename(file)}`);
}
