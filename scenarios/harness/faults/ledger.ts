import { readFileSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { issueLines } from '#errors/issue-lines.ts';
import { LabError } from '#errors/lab-error.ts';
import type { LabPaths } from '#provision/machines/ground/lab-paths.ts';
import type { FaultRecord } from '../record/fault-record.ts';
import { faultRecordSchema } from '../record/fault-schema.ts';

const ledgerSchema = z.object({
  owner: z.object({ pid: z.int().positive(), startTime: z.string() }),
  /** In the order in which they were injected. */
  faults: z.array(faultRecordSchema).readonly(),
});

export type LedgerContent = Readonly<z.infer<typeof ledgerSchema>>;

/** Faults in force, on disk before they are injected: whoever comes after a killed run can undo them. */
export class Ledger {
  readonly #file: string;
  #faults: FaultRecord[] = [];
  #writing: Promise<void> = Promise.resolve();

  constructor(paths: Pick<LabPaths, 'faultsFile'>) {
    this.#file = paths.faultsFile;
  }

  /** @throws LabError `input.impairment` for what could not be read again; then nothing is written */
  async add(fault: FaultRecord): Promise<void> {
    refuseUnreadable(fault);
    this.#faults = [...this.#faults, fault];
    return this.#write();
  }

  /** Takes a fault out once it is undone. Resolves when that is on disk; does nothing for one that is not there. */
  remove(id: string): Promise<void> {
    this.#faults = this.#faults.filter((fault) => fault.id !== id);
    return this.#write();
  }

  #write(): Promise<void> {
    const write = this.#writing.then(async () => {
      if (this.#faults.length === 0) return rm(this.#file, { force: true });
      const owner = { pid: process.pid, startTime: ownStartTime() };
      const content: LedgerContent = { owner, faults: this.#faults };
      await writeFile(`${this.#file}.new`, `${JSON.stringify(content)}\n`);
      await rename(`${this.#file}.new`, this.#file);
    });
    // One failed write must not keep the later ones from the disk.
    this.#writing = write.catch(() => undefined);
    return write;
  }
}

/**
 * The ledger on disk; undefined when there is none.
 * @throws LabError `state.fault-ledger` when it is there and no ledger of this version: what it says is still to be undone
 */
export async function readLedger({ faultsFile }: Pick<LabPaths, 'faultsFile'>): Promise<LedgerContent | undefined> {
  const text = await readFile(faultsFile, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error.code === 'EACCES' ? forbidden(faultsFile, error) : unreadable(faultsFile, [error.message], error);
  });
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw unreadable(faultsFile, ['it is not JSON', text.slice(0, 200)], error);
  }
  const checked = ledgerSchema.safeParse(value);
  if (checked.success) return checked.data;
  throw unreadable(faultsFile, [...issueLines(checked.error), text.slice(0, 200)], checked.error);
}

/** The types of a reader's own scenario are not checked when it runs: a `kill` without a unit could never be undone. */
function refuseUnreadable(fault: FaultRecord): void {
  const checked = faultRecordSchema.safeParse(fault);
  if (checked.success) return;
  throw new LabError({
    code: 'input.impairment',
    cause: `a fault ${fault.action.kind} cannot be made so: ${issueLines(checked.error)[0] ?? 'it has another form'}`,
    evidence: [JSON.stringify(fault.action), ...issueLines(checked.error)],
    next: 'docs/scenarios.md says what each fault is given',
    error: checked.error,
  });
}

function forbidden(file: string, error: Error): LabError {
  const cause = `${file} says which faults a killed scenario left, and only root may read it`;
  return new LabError({ code: 'permission.root', cause, next: 'run the command as root', error });
}

function unreadable(file: string, evidence: readonly string[], error: unknown): LabError {
  return new LabError({
    code: 'state.fault-ledger',
    cause: `${file} tells which faults a scenario left in force, and this version of the lab cannot read it; nothing was undone or removed`,
    evidence,
    next: `lab destroy && lab up   (new machines have no faults); to keep these, undo by hand what it tells, then: rm ${file}`,
    error,
  });
}

/** Does the process that injected these faults still run? */
export function ownerLives({ owner }: LedgerContent): boolean {
  return startTimeOf(owner.pid) === owner.startTime;
}

/** @throws LabError `internal.unexpected`: without it a later command would take this process for dead, and undo its faults */
function ownStartTime(): string {
  const startTime = startTimeOf(process.pid);
  if (startTime !== undefined) return startTime;
  throw new LabError({
    code: 'internal.unexpected',
    cause: `/proc/${process.pid}/stat does not tell when this process started`,
    next: 'mount /proc, then run the scenario again',
  });
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
