import { join } from 'node:path';
import type { LabPaths } from '../../ground/lab-paths.ts';
import { setGuestClock } from '../guest-clock.ts';
import { GuestShell, sshFailed } from '../guest-shell.ts';
import type { InGuest } from '../hypervisor.ts';
import { copyGuestDisks } from './guest-disks.ts';
import { libvirtUri } from './libvirt-places.ts';
import { standStill } from './stand-still.ts';
import { parseAddress, Virsh } from './virsh.ts';

/** On a host that is not slow. */
const commandDeadlineMs = 10_000;
const resumeDeadlineMs = 60_000;

/**
 * Copies the disks of a lab's guests, all at one instant, from within the lab's namespaces: whoever asked for it may be killed, and the
 * guests go on; and when this process is, they end with it. Their clocks are put right after it, for they stood still as well.
 * @param stretch how many times slower than usual they are
 * @returns ms for which they stood still
 * @throws LabError `state.machine`, `command.virsh`, `timeout.condition`
 */
export async function copyRunningGuests(
  paths: Pick<LabPaths, 'stateDir' | 'runDir' | 'keysDir'>,
  stretch: number,
  to: string,
): Promise<number> {
  const virsh = new Virsh(libvirtUri(paths));
  const running = [...(await virsh.domains())].flatMap(([name, state]) => (state === 'running' ? [name] : []));
  const reached = await Promise.all(running.map(async (name) => syncedGuest(virsh, name, paths, stretch)));
  try {
    return await copyGuestDisks(paths.stateDir, to, () => standStill(virsh, resumeDeadlineMs * stretch));
  } finally {
    await Promise.all(reached.map(async (inGuest) => inGuest && setGuestClock(inGuest).catch(console.error)));
  }
}

/**
 * Has a guest write what its file systems still hold, so that less of it is lost: what a program did not make sure of, a power cut
 * takes as well.
 * @returns the way into the guest; undefined when there is none, as in one that boots
 */
async function syncedGuest(
  virsh: Virsh,
  name: string,
  { runDir, keysDir }: Pick<LabPaths, 'runDir' | 'keysDir'>,
  stretch: number,
): Promise<InGuest | undefined> {
  const said = await virsh.run('domifaddr', name, '--source', 'lease').catch(() => '');
  const address = parseAddress(said);
  if (address === undefined) return undefined;
  const shell = new GuestShell({
    place: { address, port: 22, network: 'lab' },
    namespacePid: process.pid,
    key: join(keysDir, 'id_ed25519'),
    socketDir: join(runDir, 'ssh'),
    stretch,
  });
  const inGuest: InGuest = async (argv) => shell.run(argv, commandDeadlineMs * stretch);
  const { exitCode } = await inGuest(['sync']);
  return exitCode === sshFailed ? undefined : inGuest;
}
