import { LabError } from '#errors/lab-error.ts';
import { requirementsOf } from '../../unit/requirements.ts';
import { noUnits, saying, type Command } from '../context.ts';
import { existingUnits } from '../unit-arguments.ts';
import { deadlineMs, reportFailures, waitForUnits } from '../wait.ts';
import { waitFlags, waitUntilThere } from './start.ts';

/** Stops each unit until it has really stopped, then starts it; one after the other, so that a group never is down as a whole. */
export const restart: Command = {
  name: 'restart',
  args: 'UNIT...',
  summary: 'stop and start units, one after the other',
  flags: waitFlags,
  async run(context) {
    if (context.args.length === 0) throw noUnits('restart');
    const totalMs = deadlineMs(context);
    const units = await existingUnits(context.client, context.args);
    for (const { name, options, desiredState } of units) {
      const isGlobal = requirementsOf(name, options).global;
      if (desiredState !== 'launched') {
        throw new LabError({
          code: 'state.inactive',
          cause: `Unit ${name} is not launched, so there is nothing to restart`,
          next: `fleetctl start ${name}`,
        });
      }
      await saying('Error restarting units', () => context.client.setDesiredState(name, 'loaded'));
      const late = await waitForUnits(context, [name], totalMs, ({ unit, states }) => {
        const up = states.find((s) => !['inactive', 'failed'].includes(s.systemdActiveState ?? ''));
        const stopped = isGlobal || unit?.currentState !== 'launched';
        return up === undefined && stopped
          ? { done: true }
          : { missing: `is ${up?.systemdActiveState ?? 'launched'} still` };
      });
      // Whatever went wrong while it stopped, the unit is wanted launched again.
      await saying('Error restarting units', () => context.client.setDesiredState(name, 'launched'));
      if (late.length === 0 && isGlobal) context.out(`Triggered global unit ${name} restart`);
      if (late.length === 0 && !isGlobal)
        late.push(...(await waitUntilThere(context, [name], 'launched', new Set(), totalMs)));
      if (late.length > 0) return reportFailures(context, late);
    }
    return 0;
  },
};
