import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Observed } from '#guide/conditions/observed.ts';
import { describeValue, valuesOf } from '#guide/conditions/values.ts';
import { fill } from '#guide/form/guide-form.ts';
import { observeLab } from '#guide/observe/observe-lab.ts';
import { knownValues, type Look, type Reading } from '#guide/walk/reading.ts';
import { type Place, typedHere } from '#guide/walk/typed-here.ts';
import { refuseStopped } from '#provision/machines/ground/refuse-stopped.ts';
import type { Invocation } from './invocation.ts';
import { lookAtLab } from './open-lab.ts';

/** A look at this lab, for commands that have made sure of root. */
export function lookFrom(from: Invocation): Look {
  return async (needs) => {
    const lab = await lookAtLab(from);
    refuseStopped(lab.paths, lab.config.name);
    return observeLab(lab, needs);
  };
}

/**
 * Where the reader types.
 * @param avoid machines that the step is about, and may be gone when the command is typed
 */
export function typingPlace(
  { repoDir, inShell = false }: Invocation,
  seen: Observed | undefined,
  avoid: readonly string[] = [],
): Place {
  const here = process.cwd();
  const all = seen?.machines.filter(({ state }) => state === 'running') ?? [];
  const running = all.find(({ name }) => !avoid.includes(name)) ?? all[0];
  const beside = relative(here, join(repoDir, 'units'));
  return {
    inShell,
    // The shell itself says which lab is meant.
    name: inShell ? undefined : process.env['LAB_NAME'],
    launcher: inShell ? 'lab' : (process.env['LAB_LAUNCHER'] ?? './lab'),
    unitsDir: beside.startsWith('..') ? join(repoDir, 'units') : beside,
    ownCode: existsSync(join(here, 'code/ch6')),
    machine: (running ?? seen?.machines[0])?.name ?? 'core-01',
  };
}

/** How a text of the step reads here and now: with its values, and those that are not known told in words. */
export function wordsOf(reading: Reading, seen: Observed | undefined): (text: string) => string {
  const { step } = reading;
  const live = seen === undefined ? {} : valuesOf(step.live, seen);
  const values = { ...live, ...knownValues(reading) };
  return (text) =>
    fill(text, values, (name) => {
      const value = step.values[name] ?? step.live[name];
      return value === undefined ? `{${name}}` : `<${describeValue(value)}>`;
    });
}

/** A command of the step as it is typed here. */
export function commandsOf(from: Invocation, reading: Reading, seen: Observed | undefined): (text: string) => string {
  const place = typingPlace(from, seen, Object.values(knownValues(reading)));
  const words = wordsOf(reading, seen);
  // A value that is not known is told in words, which are no words of a command.
  return (command) => words(typedHere(command, place));
}
