import { rename, writeFile } from 'node:fs/promises';
import { LabError } from '#errors/lab-error.ts';
import { callSupervisor } from './control-client.ts';
import type { LabPaths } from './lab-paths.ts';
import { type LiveChange, liveChanges, specAfter } from './live-changes.ts';
import { readSupervisorSpec } from './read-supervisor-spec.ts';
import type { SupervisorSpec } from './supervisor-spec.ts';

/** For one change, on a host that is not slow: memory is taken back from whoever can do without it. */
const changeDeadlineMs = 30_000;

/**
 * Has a running supervisor make what it can of a wanted spec. After each change the spec file says what it knows by then, so
 * that a run that is killed here is continued by the next.
 * @param running names of the machines that run
 * @param stretch how many times slower than usual this host is
 * @throws LabError `state.memory` when a machine uses more than it is to have, `state.old-supervisor`
 */
export async function changeLive(
  paths: Pick<LabPaths, 'controlSocket' | 'specFile'>,
  wanted: SupervisorSpec,
  running: readonly string[],
  stretch: number,
): Promise<void> {
  let runs = await readSupervisorSpec(paths.specFile);
  for (const change of liveChanges(runs, wanted, running)) {
    const path = `/machines/${change.machine}/${change.verb}`;
    await callSupervisor(paths.controlSocket, 'POST', path, change.body, changeDeadlineMs * stretch).catch(
      (error: unknown) => {
        throw knowsNoSuchChange(error) ? tooOld(change, error) : error;
      },
    );
    runs = specAfter(runs, change);
    await writeSpec(paths.specFile, runs);
  }
}

/** Whole or not at all: a supervisor, and every command, reads it. */
export async function writeSpec(file: string, spec: SupervisorSpec): Promise<void> {
  await writeFile(`${file}.new`, specText(spec));
  await rename(`${file}.new`, file);
}

/** A spec as its file has it. Pure. */
export function specText(spec: SupervisorSpec): string {
  return `${JSON.stringify(spec, null, 2)}\n`;
}

/** What a supervisor of an earlier version says of a machine, or a verb, that it does not know. */
function knowsNoSuchChange(error: unknown): boolean {
  return error instanceof LabError && (error.code === 'missing.machine' || error.code === 'internal.control');
}

function tooOld({ verb, machine }: LiveChange, error: unknown): LabError {
  const what = { add: 'takes no new machine', forget: 'lets no machine go', resize: 'gives no machine another size' }[
    verb
  ];
  return new LabError({
    code: 'state.old-supervisor',
    cause: `the lab's supervisor was started by an earlier version of the lab and ${what} while machines run (${machine})`,
    next: 'lab halt && lab up',
    error,
  });
}
