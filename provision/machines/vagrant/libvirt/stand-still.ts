import { LabError } from '#errors/lab-error.ts';
import { waitUntil } from '../../wait-until.ts';
import type { Virsh } from './virsh.ts';

type AskVirsh = Pick<Virsh, 'run' | 'domains'>;

/**
 * Has every guest that runs stand still, all at once. One that is off, or paused, does already, and stays so.
 * @param deadlineMs until which each is told again to go on, should libvirtd not answer
 * @returns how to let them go on
 * @throws LabError `state.machine` while one stops, `command.virsh`; then none stands still
 */
export async function standStill(virsh: AskVirsh, deadlineMs: number): Promise<() => Promise<void>> {
  const states = [...(await virsh.domains())];
  const stopping = states.find(([, state]) => state === 'in shutdown');
  if (stopping !== undefined)
    throw new LabError({ code: 'state.machine', cause: `${stopping[0]} is stopping`, next: 'lab status' });
  const running = states.flatMap(([name, state]) => (state === 'running' ? [name] : []));
  const goOn = async (): Promise<void> => {
    await Promise.all(running.map(async (name) => resume(virsh, name, deadlineMs)));
  };
  const stood = await Promise.allSettled(running.map(async (name) => virsh.run('suspend', name)));
  const failed = stood.find((one) => one.status === 'rejected');
  if (failed === undefined) return goOn;
  // One that did not answer in time may have been stopped all the same.
  await goOn();
  throw failed.reason;
}

/** Whoever cut its cord meanwhile has taken it from us. */
async function resume(virsh: AskVirsh, name: string, deadlineMs: number): Promise<void> {
  await waitUntil({
    condition: `${name} goes on`,
    deadlineMs,
    everyMs: 200,
    next: `lab cut ${name} && lab up`,
    check: async () => {
      await virsh.run('resume', name).catch(() => undefined);
      const states = await virsh.domains().catch(() => undefined);
      return states !== undefined && states.get(name) !== 'paused';
    },
  });
}
