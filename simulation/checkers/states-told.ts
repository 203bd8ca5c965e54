import { readState } from '#platform/fleet/registry/records.ts';
import type { Checker } from './checker.ts';
import type { Truth } from './truth.ts';

/** What machines have published of their units is what their systemds have, once all has come to rest. */
export function statesTold(): Checker {
  return {
    name: 'states-told',
    see: (event, truth) =>
      event.kind === 'overdue' || (event.kind === 'rest' && event.isOn) ? whatIsUntrue(truth) : undefined,
  };
}

/** The first published state that is not so, or the first unit that runs untold; undefined: there is none. */
export function whatIsUntrue(truth: Truth): string | undefined {
  const { keys } = truth.facts;
  for (const [key, value] of truth.keys) {
    if (!key.startsWith(keys.states)) continue;
    const [unit = '', id = ''] = key.slice(keys.states.length).split('/');
    const state = readState(unit, id, value, () => {});
    const active = truth.runsOn(truth.nameOf(id)).get(unit)?.active;
    const told = state?.active ?? 'nothing that can be read';
    const isDown = told === 'inactive' || told === 'failed';
    if (active === undefined ? !isDown : active !== told)
      return `${unit} on ${truth.nameOf(id)} is told to be ${told}, and is ${active ?? 'down'}`;
  }
  for (const [machine, runs] of truth.runs)
    for (const unit of runs.keys())
      if (!truth.keys.has(keys.state(unit, truth.idOf(machine)))) return `nobody tells that ${unit} runs on ${machine}`;
  return undefined;
}
