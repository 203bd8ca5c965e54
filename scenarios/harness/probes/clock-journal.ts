import type { Lab } from '#provision/cluster/lab.ts';
import { readEntry } from '../record/journal-line.ts';

/** Reads the lines of a clock measurement from a machine's journal. */
export function clockJournal(lab: Pick<Lab, 'provider'>) {
  return async (machine: string, unit: string): Promise<{ wallMs: number; message: string }[]> => {
    const stdout = await lab.provider().readJournal(machine, ['-u', unit, '-o', 'json']);
    return stdout
      .split('\n')
      .filter(Boolean)
      .map(readEntry)
      .flatMap(({ wallMs, message }) => (message?.startsWith('clock ') === true ? [{ wallMs, message }] : []));
  };
}
