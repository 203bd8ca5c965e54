import { z } from 'zod';
import type { MachineProvider } from '#provision/machines/machine-provider.ts';
import type { JournalEntry } from '../recording.ts';

const text = z.string().optional();

/** systemd's "Journal JSON Format" and systemd.journal-fields(7): a message that is no UTF-8 is no text. */
const entryForm = z.object({
  __REALTIME_TIMESTAMP: z.string(),
  _SOURCE_REALTIME_TIMESTAMP: text,
  _BOOT_ID: text,
  _PID: text,
  _SYSTEMD_UNIT: text,
  UNIT: text,
  MESSAGE: z.unknown(),
  MESSAGE_ID: text,
  EXIT_CODE: text,
  EXIT_STATUS: text,
});

/**
 * What each machine's systemd, fleetd and etcd have said since a moment, from the machines' disks: those of machines that are down, too, and of
 * one that stands still as far as it had come.
 * @param beganAt ms since the epoch
 */
export async function readJournals(
  provider: Pick<MachineProvider, 'readJournal'>,
  machines: readonly string[],
  beganAt: number,
): Promise<Map<string, JournalEntry[]>> {
  const of = ['_PID=1', '+', '_SYSTEMD_UNIT=fleet.service', '+', '_SYSTEMD_UNIT=etcd.service'];
  const all = machines.map(async (name): Promise<[string, JournalEntry[]]> => {
    const lines = await provider.readJournal(name, ['--since', `@${Math.floor(beganAt / 1000)}`, '-o', 'json', ...of]);
    return [name, lines.split('\n').flatMap((line) => readEntry(line, beganAt) ?? [])];
  });
  return new Map(await Promise.all(all));
}

/** @returns undefined for what is of no unit, or was said before */
export function readEntry(line: string, beganAt: number): JournalEntry | undefined {
  if (!line.startsWith('{')) return undefined;
  const entry = entryForm.parse(JSON.parse(line));
  // When it was said; the other is when it was written down.
  const at = Number(entry._SOURCE_REALTIME_TIMESTAMP ?? entry.__REALTIME_TIMESTAMP) / 1000 - beganAt;
  const isOfSystemd = entry._PID === '1';
  const unit = isOfSystemd ? entry.UNIT : entry._SYSTEMD_UNIT;
  if (unit === undefined || at < 0 || typeof entry.MESSAGE !== 'string') return undefined;
  const { EXIT_CODE: code, EXIT_STATUS: status = '' } = entry;
  return {
    at,
    boot: entry._BOOT_ID ?? '',
    unit,
    isOfSystemd,
    messageId: entry.MESSAGE_ID ?? '',
    message: entry.MESSAGE,
    exit: code === undefined ? undefined : { code, status },
  };
}
