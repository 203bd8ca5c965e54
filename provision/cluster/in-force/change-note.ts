import { type ConfigChange, isAboutMachines } from './config-changes.ts';
import { listed } from './listed.ts';

/** One sentence about a change that does not hold yet, with the command that applies it. Pure. */
export function changeNote(change: ConfigChange): string {
  const { key, written, inForce, machines } = change;
  if (isAboutMachines(change)) return `config.rb says ${written}, and the lab has ${inForce}; ${applies(change)}`;
  const file = key.startsWith('$') ? 'config.rb' : 'lab.toml';
  const who = machines.length === 0 ? 'the lab has' : `${listed(machines)} ${machines.length === 1 ? 'has' : 'have'}`;
  return `${key} is ${written} in ${file}, and ${who} ${inForce}; ${applies(change)}`;
}

/** What `lab up` has just applied. Pure. */
export function appliedNote({ key, written, inForce, machines }: ConfigChange): string {
  return `applied: ${key} is ${written} on ${listed(machines)} now, and was ${inForce}`;
}

function applies(change: ConfigChange): string {
  const names = change.machines.join(' ');
  switch (change.appliedBy) {
    case 'up':
      return 'applied by: lab up';
    case 'reboot':
      return `applied by: lab halt ${names} && lab up ${names}`;
    case 'halt':
      return 'applied by: lab halt && lab up';
    case 'destroy':
      return isAboutMachines(change)
        ? `set ${change.key} back in config.rb, or make the lab anew: lab destroy && lab up`
        : 'applied by: lab destroy && lab up';
  }
}
