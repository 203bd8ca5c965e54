import { noUnits, saying, type Command } from '../context.ts';
import { existingUnits } from '../unit-arguments.ts';
import { deadlineMs, reportFailures, waitForUnits } from '../wait.ts';
import { waitFlags } from './start.ts';

export const destroy: Command = {
  name: 'destroy',
  args: 'UNIT...',
  summary: 'stop units and forget them',
  flags: waitFlags,
  async run(context) {
    if (context.args.length === 0) throw noUnits('destroy');
    const totalMs = deadlineMs(context, 120_000);
    const names = (await existingUnits(context.client, context.args)).map((u) => u.name);
    await saying('Error destroying units', () =>
      context.client.changeUnits(names.map((name) => ({ name, destroy: true }))),
    );
    for (const name of names) context.out(`Destroyed ${name}`);
    if (context.flags.on('no-block')) return 0;
    // Its process may take a while to end; a unit of that name started before would meet it.
    const late = await waitForUnits(context, names, totalMs, ({ states: [left] }) =>
      left === undefined ? { done: true } : { missing: `is ${left.systemdActiveState ?? 'there'} still` },
    );
    return reportFailures(context, late);
  },
};
