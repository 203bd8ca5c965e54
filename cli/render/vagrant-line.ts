import type { LabEvent } from '#provision/cluster/parts/lab-event.ts';

/**
 * As `vagrantLine`, for one command from its beginning: that a machine which ran already boots is not said, though the lab waits for it
 * as for any other.
 */
export function vagrantLines(): (event: LabEvent) => string | undefined {
  const running = new Set<string>();
  return (event) => {
    if (event.phase === 'boot' && event.status === 'skipped') running.add(event.subject);
    const isWait = event.phase === 'services' && event.status !== 'progress';
    return isWait && running.has(event.subject) ? undefined : vagrantLine(event);
  };
}

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
