import { existsSync, readFileSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lab } from '../../../provision/cluster/lab.ts';
import type { FaultRecord } from './fault-record.ts';
import { undoFault } from './undo-fault.ts';

interface LedgerFile {
  readonly owner: { readonly pid: number; readonly startTime: string };
  readonly faults: readonly FaultRecord[];
}

/** Faults in force, on disk before they are injected: whoever comes after a killed run can undo them. */
export class Ledger {
  readonly #file: string;
  #faults: FaultRecord[] = [];
  #writing: Promise<void> = Promise.resolve();

  constructor(lab: Pick<Lab, 'paths'>) {
    this.#file = ledgerFile(lab);
  }

  add(fault: FaultRecord): Promise<void> {
    this.#faults = [...this.#faults, fault];
    return this.#write();
  }

  remove(id: string): Promise<void> {
    this.#faults = this.#faults.filter((fault) => fault.id !== id);
    return this.#write();
  }

  #write(): Promise<void> {
    this.#writing = this.#writing.then(async () => {
      if (this.#faults.length === 0) return rm(this.#file, { force: true });
      const owner = { pid: process.pid, startTime: startTimeOf(process.pid) ?? '' };
      const content: LedgerFile = { owner, faults: this.#faults };
      await writeFile(`${this.#file}.new`, `${JSON.stringify(content)}\n`);
      await rename(`${this.#file}.new`, this.#file);
    });
    return this.#writing;
  }
}

/**
 * Undoes the faults of a run whose process is gone, last one first. Does nothing while that process lives.
 * @param onNotice told what was undone, one sentence each
 */
export async function undoAbandoned(lab: Lab, onNotice: (notice: string) => void): Promise<void> {
  const file = ledgerFile(lab);
  if (!existsSync(file)) return;
  const { owner, faults } = JSON.parse(await readFile(file, 'utf8')) as LedgerFile;
  if (startTimeOf(owner.pid) === owner.startTime) return;
  const provider = lab.provider();
  if ((await provider.status()).up) {
    for (const fault of [...faults].reverse()) {
      await undoFault({ lab, provider }, fault);
      onNotice(`undone what a killed scenario left: ${fault.name}`);
    }
  }
  await rm(file, { force: true });
}

function ledgerFile(lab: Pick<Lab, 'paths'>): string {
  return join(lab.paths.runDir, 'faults.json');
}

/** Clock ticks since boot at which the process started (proc(5), /proc/PID/stat field 22): tells a reused PID apart. */
function startTimeOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
