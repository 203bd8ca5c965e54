import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { waitUntil } from '../wait-until.ts';
import type { MachineGround } from './machine-ground.ts';

/** Until an lxcfs that was killed has been started again, ms. */
const startedAgainMs = 10_000;

/**
 * Waits until lxcfs shows its files: what does not answer would be bound into the machine as it is, and nspawn would end.
 * @throws LabError `timeout.condition`
 */
export async function lxcfsAnswers({ lxcfsDir, paths, stretch }: MachineGround): Promise<void> {
  await waitUntil({
    condition: 'lxcfs answers',
    deadlineMs: startedAgainMs * stretch,
    everyMs: 10,
    next: `look at ${paths.logDir}/lxcfs.log`,
    check: () => existsSync(join(lxcfsDir, 'proc/meminfo')),
  });
}
