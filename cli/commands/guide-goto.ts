import { execa } from 'execa';
import { LabError } from '#errors/lab-error.ts';
import { needsOf } from '#guide/conditions/needs.ts';
import { fill } from '#guide/form/guide-form.ts';
import { holds } from '#guide/walk/check-step.ts';
import { goTo, snapshotOf } from '#guide/walk/go-to.ts';
import { checkNow, openReading, stepOf } from '#guide/walk/reading.ts';
import { typedHere } from '#guide/walk/typed-here.ts';
import { SnapshotStore } from '#provision/cluster/snapshots/snapshot-store.ts';
import { lookFrom, typingPlace } from '../guide-place.ts';
import type { Invocation } from '../invocation.ts';
import { describeLab, lookAtLab, requireRoot } from '../open-lab.ts';
import { printErr, printOut } from '../render/terminal.ts';
import { guide } from './guide.ts';

/** `lab guide goto STEP`: everything on the way is told on stderr, the step itself is shown at the end. */
export async function guideGoto(
  from: Invocation,
  wanted: string,
  options: { json?: boolean; anew?: boolean },
): Promise<void> {
  requireRoot();
  const reading = await openReading(from.repoDir, process.cwd());
  const step = stepOf(reading.guide, wanted);
  const { config } = await describeLab(from);
  const snapshots = await new SnapshotStore((await lookAtLab(from)).paths.stateDir).list();
  await goTo(reading, step, {
    look: lookFrom(from),
    type: (command, values) => type(from, fill(command, values)),
    snapshots: snapshots.map(({ name }) => name),
    anew: options.anew === true,
    stretch: config.stretch,
    tell: printErr,
  });
  await guide(from, undefined, options);
}

/**
 * `lab guide save`: keeps the lab as it is where the current step begins, for `lab guide goto`.
 * @throws LabError `state.guide-save`, and those of `lab snapshot save`
 */
export async function guideSave(from: Invocation, options: { json?: boolean }): Promise<void> {
  requireRoot();
  const look = lookFrom(from);
  const { judged, reading, seen } = await checkNow(await openReading(from.repoDir, process.cwd()), look);
  if (!seen.up) throw new LabError({ code: 'state.lab-down', cause: `lab ${seen.lab} is not up`, next: 'lab up' });
  const { guide: followed, step } = reading;
  const name = snapshotOf(followed, step);
  const down = seen.machines.filter(({ state }) => state !== 'running').map((machine) => machine.name);
  const why = holds(judged)
    ? `step ${step.number} (${step.id}) is done already: the lab is not as it begins any more`
    : down.length > 0
      ? `the step begins without ${down.join(', ')}, and a restored lab boots every machine`
      : undefined;
  if (why !== undefined)
    throw new LabError({ code: 'state.guide-save', cause: why, next: 'lab guide next, or lab snapshot save NAME' });
  const kept = await new SnapshotStore((await lookAtLab(from)).paths.stateDir).list();
  if (kept.some((one) => one.name === name)) await type(from, `lab snapshot delete ${name}`);
  await type(from, `lab snapshot save ${name}`);
  const shown = { step: { number: step.number, id: step.id, title: step.title }, snapshot: name };
  if (options.json === true) console.log(JSON.stringify(shown));
  else printOut(`step ${step.number} (${step.id}) begins from snapshot ${name}: lab guide goto ${step.id} --anew`);
}

async function type(from: Invocation, command: string): Promise<void> {
  // It goes to a machine, and must find one that runs.
  const seen = command.startsWith('etcdctl ') ? await lookFrom(from)(needsOf([], [])) : undefined;
  // Programs of `lab shell` are not in this process's PATH: the host's own `vagrant` would be met.
  const typed = typedHere(command, typingPlace({ repoDir: from.repoDir }, seen));
  printErr(`$ ${typed}`);
  const { exitCode, all } = await execa('bash', ['-c', typed], {
    reject: false,
    all: true,
    stdin: 'ignore',
    stdout: ['pipe', process.stderr],
    stderr: ['pipe', process.stderr],
  });
  if (exitCode === 0) return;
  throw new LabError({
    code: 'command.guide',
    cause: `what the guide types ended with exit code ${exitCode ?? 'none'}: ${typed}`,
    evidence: String(all).split('\n').slice(-10),
    next: typed,
  });
}
