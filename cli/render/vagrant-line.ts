import type { LabEvent } from '#provision/cluster/lab-event.ts';

/**
 * What happens to a machine, as Vagrant says it: `==> core-02: Attempting graceful shutdown of VM...`. Undefined for what Vagrant has no
 * word for. Pure.
 */
export function vagrantLine({ subject, phase, status, detail }: LabEvent): string | undefined {
  const say = (text: string) => `==> ${subject}: ${text}`;
  switch (`${phase} ${status}`) {
    case 'boot started':
      return say('Booting VM...');
    case 'boot skipped':
      return say('Machine is already running.');
    case 'services started':
      return say('Waiting for machine to boot. This may take a few minutes...');
    case 'services done':
      return say('Machine booted and ready!');
    case 'halt started':
      return say('Attempting graceful shutdown of VM...');
    case 'cut started':
      return say('Forcing shutdown of VM...');
    case 'destroy started':
      return subject === 'lab' ? undefined : say('Destroying VM and associated drives...');
    default:
      // What takes its time (packages, images) or went otherwise than it should.
      return status === 'progress' || (status === 'done' && detail !== undefined)
        ? `    ${subject}: ${detail ?? phase}`
        : undefined;
  }
}
