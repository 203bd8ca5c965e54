import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** What of a lab's state directory a snapshot brings back: the machines' disks, and what was pushed to the registry. */
export const kept = ['machines', 'registry'] as const;

/** @param stateDir of the lab */
function places(stateDir: string) {
  return { coming: join(stateDir, 'restore.coming'), going: join(stateDir, 'restore.going') };
}

/** An empty directory for what is to come in place of the lab's disks. */
export async function beginSwap(stateDir: string): Promise<string> {
  const { coming } = places(stateDir);
  await mkdir(coming, { mode: 0o700 });
  return coming;
}

/**
 * Puts what was made ready in the place of what is there. No process of the lab runs. It counts from the moment at which the disks
 * have their place: `settleSwap` ends one that was cut short before as if it had never begun, and one after it as if nothing had come
 * between.
 */
export async function swapDisks(stateDir: string): Promise<void> {
  const { coming, going } = places(stateDir);
  await mkdir(going, { mode: 0o700 });
  for (const name of kept) await move(join(stateDir, name), join(going, name));
  for (const name of kept) await move(join(coming, name), join(stateDir, name));
  await settleSwap(stateDir);
}

/** Ends a swap of which a killed command left a part; no-op without one. To be called under the lab's lock. */
export async function settleSwap(stateDir: string): Promise<void> {
  const { coming, going } = places(stateDir);
  const [disks] = kept;
  const counts = existsSync(going) && existsSync(join(stateDir, disks)) && !existsSync(join(coming, disks));
  if (existsSync(going)) {
    const from = counts ? coming : going;
    for (const name of kept) if (!existsSync(join(stateDir, name))) await move(join(from, name), join(stateDir, name));
  }
  // The old goes first: without it, what was to come is only what was begun.
  for (const left of [going, coming]) await rm(left, { recursive: true, force: true });
}

async function move(from: string, to: string): Promise<void> {
  if (existsSync(from)) await rename(from, to);
}
