import { execa } from 'execa';
import { killIfThere } from '../ground/kill-if-there.ts';
import { machineLink } from '../ground/lab-network.ts';
import type { MachineProcess } from './machine-process.ts';

/**
 * Takes the machine's network link away first, so that its dying sockets cannot say goodbye: the cord is pulled.
 * @param link `up`: it stays, and the kernel says goodbye on every socket of the processes it ends
 * @param release lets processes that stand still, or wait for a throttled disk, go on into their death
 */
export async function pullCord(
  machine: string,
  process_: MachineProcess,
  link: 'down' | 'up',
  release: () => Promise<void>,
): Promise<void> {
  if (link === 'down') await execa('ip', ['link', 'set', machineLink(machine), 'down']).catch(() => undefined);
  for (const pid of [process_.nspawn.pid, process_.initPid]) if (pid !== undefined) killIfThere(pid, 'SIGKILL');
  await release();
  await process_.ended;
}
