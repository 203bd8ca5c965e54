import { join } from 'node:path';
import type { DiskCopies } from '../../machine-provider.ts';
import { takenBytes } from '../../copy-kept.ts';
import { copiesNoDisks } from '../../ground/copies-no-disks.ts';
import type { Ground } from '../../ground/ground.ts';
import { copyGuestDisks, copyGuestsBack, hasGuestDisks, keptOfGuests, poolName, poolVolumes } from './guest-disks.ts';

/** On a host that is not slow. */
const copyDeadlineMs = 300_000;

/** What keeps the disks of libvirt's guests. The supervisor copies those of guests that may run (copy-running-guests.ts). */
export class GuestCopies implements DiskCopies {
  readonly kept = keptOfGuests;
  readonly #ground: Ground;

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  async copyDisks(to: string): Promise<number> {
    const { paths, stretch } = this.#ground;
    // Without a supervisor there is no guest that runs.
    if (!this.#ground.isThere()) return copyGuestDisks(paths.stateDir, to, async () => async () => undefined);
    const deadlineMs = copyDeadlineMs * stretch;
    const asked = await this.#ground.call<{ stoodStillMs: number }>('POST', '/copy-disks', { to }, deadlineMs);
    if (!hasGuestDisks(to)) throw copiesNoDisks();
    return asked.stoodStillMs;
  }

  async copyBack(from: string, to: string): Promise<void> {
    await copyGuestsBack(from, to);
  }

  async diskBytes(): Promise<number> {
    const { stateDir } = this.#ground.paths;
    const { own } = await poolVolumes(stateDir);
    return takenBytes(own.map((name) => join(stateDir, poolName, name)));
  }
}
