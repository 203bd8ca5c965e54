import { execa } from 'execa';
import type { Lab } from '../../../provision/cluster/lab.ts';
import { readableJournalDir } from '../../../provision/machines/nspawn/readable-journal-dir.ts';

/** Reads the lines of a clock measurement from a machine's journal, on the machine's disk. */
export function clockJournal(lab: Pick<Lab, 'paths'>) {
  return async (machine: string, unit: string): Promise<{ wallMs: number; message: string }[]> => {
    const source = ['--directory', readableJournalDir(lab.paths)(machine), '--no-pager', '-q', '-u', unit];
    // A line of journalctl's JSON is an object of text fields (systemd's "Journal JSON Format").
    const { stdout } = await execa('journalctl', [...source, '-o', 'json'], { reject: false });
    return stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as { __REALTIME_TIMESTAMP: string; MESSAGE: unknown })
      .flatMap(({ __REALTIME_TIMESTAMP: stamp, MESSAGE: message }) =>
        typeof message === 'string' && message.startsWith('clock ') ? [{ wallMs: Number(stamp) / 1000, message }] : [],
      );
  };
}
