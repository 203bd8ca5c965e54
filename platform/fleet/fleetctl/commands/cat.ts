import { LabError } from '#errors/lab-error.ts';
import { possibleUnitNames } from '../../unit/name.ts';
import { serialiseUnit } from '../../unit/serialise.ts';
import type { Command } from '../context.ts';
import { findUnit } from '../unit-arguments.ts';

export const cat: Command = {
  name: 'cat',
  args: 'UNIT',
  summary: 'print the content of a unit as the cluster has it',
  flags: [],
  async run(context) {
    const [argument, ...more] = context.args;
    if (argument === undefined || more.length > 0) {
      throw new LabError({
        code: 'usage.one-unit',
        cause: 'One unit file must be provided',
        next: 'fleetctl cat UNIT',
      });
    }
    const unit = await findUnit(context.client, argument);
    if (unit === undefined) {
      const [name] = possibleUnitNames(argument);
      throw new LabError({ code: 'missing.unit', cause: `Unit ${name} not found`, next: 'fleetctl list-unit-files' });
    }
    context.out(serialiseUnit(unit.options).trimEnd());
    return 0;
  },
};
