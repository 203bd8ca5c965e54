import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { z } from 'zod';

/**
 * systemd (process 1) writes a journal line with UNIT= for every state change of a unit: cheaper than a D-Bus
 * subscription and good enough as a wake-up, because the state itself is read by `systemctl show`.
 * When journalctl ends it is started again; what was missed meanwhile is picked up by the caller's slow tick.
 */
export function followJournal(wake: (unit: string) => void): { close(): void } {
  let closed = false;
  let child: ChildProcess | undefined;
  let timer: NodeJS.Timeout | undefined;
  const open = (): void => {
    const args = ['-f', '-n0', '-o', 'json', '--output-fields=UNIT', '_PID=1'];
    const journal = spawn('journalctl', args, { stdio: ['ignore', 'pipe', 'ignore'] });
    child = journal;
    createInterface({ input: journal.stdout }).on('line', (line) => {
      const unit = unitOf(line);
      if (unit !== undefined && !closed) wake(unit);
    });
    const again = (): void => {
      if (!closed && child === journal) timer = setTimeout(open, 1000);
      child = undefined;
    };
    journal.on('error', again).on('close', again);
  };
  open();
  return {
    close() {
      closed = true;
      clearTimeout(timer);
      child?.kill();
    },
  };
}

/** A field that is binary or there twice is no string (systemd.io/JOURNAL_EXPORT_FORMATS); no unit's name is either. */
const journalEntry = z.object({ UNIT: z.string() });

function unitOf(line: string): string | undefined {
  try {
    return journalEntry.safeParse(JSON.parse(line)).data?.UNIT;
  } catch {
    return undefined; // a line cut by a journal rotation
  }
}
