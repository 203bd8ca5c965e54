import { readFileSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import type { LabPaths } from '../../../provision/machines/ground/lab-paths.ts';
import type { FaultRecord } from './fault-record.ts';

export interface LedgerContent {
  readonly owner: { readonly pid: number; readonly startTime: string };
  /** In the order in which they were injected. */
  readonly faults: readonly FaultRecord[];
}

/** Faults in force, on disk before they are injected: whoever comes after a killed run can undo them. */
export class Ledger {
  readonly #file: string;
  #faults: FaultRecord[] = [];
  #writing: Promise<void> = Promise.resolve();

  constructor(paths: Pick<LabPaths, 'faultsFile'>) {
    this.#file = paths.faultsFile;
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
    const write = this.#writing.then(async () => {
      if (this.#faults.length === 0) return rm(this.#file, { force: true });
      const owner = { pid: process.pid, startTime: startTimeOf(process.pid) ?? '' };
      const content: LedgerContent = { owner, faults: this.#faults };
      await writeFile(`${this.#file}.new`, `${JSON.stringify(content)}\n`);
      await rename(`${this.#file}.new`, this.#file);
    });
    // One failed write must not keep the later ones from the disk.
    this.#writing = write.catch(() => undefined);
    return write;
  }
}

/** The ledger on disk; undefined when there is none, or it cannot be read. */
export async function readLedger(paths: Pick<LabPaths, 'faultsFile'>): Promise<LedgerContent | undefined> {
  try {
    return JSON.parse(await readFile(paths.faultsFile, 'utf8')) as LedgerContent;
  } catch {
    return undefined;
  }
}

/** Does the process that injected these faults still run? */
export function ownerLives({ owner }: LedgerContent): boolean {
  return startTimeOf(owner.pid) === owner.startTime;
}

/** Clock ticks since boot at which a process started (proc(5), /proc/PID/stat, field 22): tells a reused PID apart. */
function startTimeOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const afterName = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A process that was killed and not yet waited for does nothing any more.
    return afterName[0] === 'Z' ? undefined : afterName[19];
  } catch {
    return undefined;
  }
}
