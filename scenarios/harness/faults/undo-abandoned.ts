import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { LabError } from '#errors/lab-error.ts';
import type { Lab } from '#provision/cluster/lab.ts';
import { takeFlock } from '#provision/host/flock.ts';
import type { MachineProvider } from '#provision/machines/machine-provider.ts';
import type { FaultRecord } from '../record/fault-record.ts';
import { type LedgerContent, ownerLives, readLedger } from './ledger.ts';
import { type HasStretch, undoFault } from './undo-fault.ts';

/** What it needs of a lab. */
export type RepairableLab = Pick<Lab, 'paths' | 'up'> & HasStretch & { provider(): MachineProvider };

/**
 * Undoes the faults of a run whose process is gone, the last one first. Does nothing while that process lives, or while
 * another command does the same. A fault that cannot be undone is said and forgotten, so that no later command fails on it.
 * @param onNotice told each fault before it is undone, and what could not be; one sentence each
 * @throws LabError `state.fault-ledger`: then nothing was undone or forgotten
 */
export async function undoAbandoned(lab: RepairableLab, onNotice: (notice: string) => void): Promise<void> {
  const { faultsFile, scenarioLockFile } = lab.paths;
  if (!existsSync(faultsFile)) return;
  const seen = await readLedger(lab.paths);
  if (seen === undefined || ownerLives(seen)) return;
  const release = await takeFlock(scenarioLockFile, ['--nonblock']);
  if (typeof release !== 'function') return;
  try {
    await writeFile(scenarioLockFile, `${process.pid} undoing the faults of a killed scenario\n`);
    // Another command may have undone them before this one had the lock.
    const content = await readLedger(lab.paths);
    if (content === undefined || ownerLives(content)) return;
    const provider = lab.provider();
    if ((await provider.status()).up) await undoAll(lab, provider, content, onNotice);
    await rm(faultsFile, { force: true });
  } finally {
    await rm(scenarioLockFile, { force: true });
    await release();
  }
}

async function undoAll(
  lab: RepairableLab,
  provider: MachineProvider,
  { owner, faults }: LedgerContent,
  onNotice: (notice: string) => void,
): Promise<void> {
  const left = [...faults];
  const toWaitFor = new Set<string>();
  const attempt = (what: string, work: () => Promise<void>) =>
    work().catch((error: unknown) => onNotice(`not undone: ${what}: ${sentence(error)}`));
  for (let fault: FaultRecord | undefined = left.pop(); fault !== undefined; fault = left.pop()) {
    const { name, machine } = fault;
    const record = fault;
    onNotice(`undoing what a killed scenario (process ${owner.pid}) left: ${name}`);
    await attempt(name, async () => {
      const end = await undoFault({ lab, provider }, record, { alone: left.length === 0 && toWaitFor.size === 0 });
      if (end === 'wait-for-cluster') toWaitFor.add(machine);
    });
  }
  if (toWaitFor.size > 0)
    await attempt(`${[...toWaitFor].join(', ')} up again`, async () => void (await lab.up([...toWaitFor])));
}

function sentence(error: unknown): string {
  if (error instanceof LabError) return `${error.message} (next: ${error.next})`;
  return error instanceof Error ? error.message : String(error);
}
