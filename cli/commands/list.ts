import { type ListedLab, listLabs } from '#provision/cluster/labs/list-labs.ts';
import { wallTime } from '#provision/host/wall-time.ts';
import type { Invocation } from '../invocation.ts';
import { describeConfig } from '../open-lab.ts';
import { table } from '../render/table.ts';
import { printOut } from '../render/terminal.ts';

/** Every lab of this host, whichever checkout made it. */
export async function list(from: Invocation, options: { json?: boolean }): Promise<void> {
  const labs = await listLabs(describeConfig(from).stateDir);
  if (options.json === true) {
    console.log(JSON.stringify(labs));
    return;
  }
  if (labs.length === 0) {
    printOut('there is no lab on this host. Next: lab up');
    return;
  }
  printOut(labTable(labs, new Date()));
}

/** A line for each lab. Pure. */
export function labTable(labs: readonly ListedLab[], now: Date): string {
  const rows = labs.map((lab) => [lab.name, state(lab, now), what(lab), lab.checkout ?? '(it does not say)']);
  return table(['LAB', 'STATE', 'MACHINES', 'CHECKOUT'], rows);
}

function state({ up, since }: ListedLab, now: Date): string {
  if (!up) return 'down';
  return since === undefined ? 'up' : `up since ${wallTime(new Date(since), now)}`;
}

function what({ machines, provider, unreadable }: ListedLab): string {
  const kind = provider === 'nspawn' ? 'containers' : `guests of ${provider}`;
  if (unreadable !== undefined) return `${kind}; what it is made of cannot be read`;
  const [first, last] = [machines[0]?.address, machines.at(-1)?.address];
  const range = first === undefined || last === undefined ? '' : ` ${first} to ${last}`;
  return `${machines.length} ${kind}${range}`;
}
