import { existsSync } from 'node:fs';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Virsh } from './virsh.ts';

/**
 * The box's disk in the lab's storage pool, under every machine's own. Vagrant takes one that is there for whole; one whose
 * upload was interrupted would give broken machines, so its completeness is written down.
 */
export class BaseVolume {
  readonly #mark: string;
  readonly #pool: { readonly name: string; readonly path: string };
  readonly #virsh: Virsh;

  /** @param stateDir the lab's: the note lies there @param pool the lab's storage pool and its directory */
  constructor(stateDir: string, pool: { readonly name: string; readonly path: string }, virsh: Virsh) {
    this.#mark = join(stateDir, 'base-volume-complete');
    this.#pool = pool;
    this.#virsh = virsh;
  }

  /** Removes what an interrupted upload left. For a lab without machines. */
  async dropUnlessComplete(): Promise<void> {
    if (existsSync(this.#mark)) return;
    for (const name of await readdir(this.#pool.path).catch(() => []))
      await rm(join(this.#pool.path, name), { force: true });
    // No such pool yet: Vagrant makes it.
    await this.#virsh.run('pool-refresh', this.#pool.name).catch(() => undefined);
  }

  /** Notes that the upload has ended: the next `lab up` takes the volume as it is. */
  async markComplete(): Promise<void> {
    await writeFile(this.#mark, '');
  }
}
