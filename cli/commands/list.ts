import { type ListedLab, listLabs } from '#provision/cluster/list-labs.ts';
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
  const rows = labs.map((lab) => [lab.name, lab.up ? 'up' : 'down', what(lab), lab.checkout ?? '(it does not say)']);
  printOut(table(['LAB', 'STATE', 'MACHINES', 'CHECKOUT'], rows));
}

function what({ machines, provider }: ListedLab): string {
  const kind = provider === 'nspawn' ? 'containers' : `guests of ${provider}`;
  const [first, last] = [machines[0]?.address, machines.at(-1)?.address];
  const range = first === undefined || last === undefined ? '' : ` ${first} to ${last}`;
  return `${machines.length} ${kind}${range}`;
}
