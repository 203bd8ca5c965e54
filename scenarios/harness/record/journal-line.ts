import { z } from 'zod';

/** One line of a machine's journal. */
export interface JournalLine {
  readonly machine: string;
  readonly unit: string;
  readonly wallMs: number;
  readonly message: string;
}

/** systemd's "Journal JSON Format": fields are texts, and other things for what is no UTF-8. */
const entryForm = z.object({
  UNIT: z.string().optional(),
  _SYSTEMD_UNIT: z.string().optional(),
  __REALTIME_TIMESTAMP: z.string().transform(Number),
  MESSAGE: z.unknown(),
});

/** What a line of `journalctl -o json` says: no `message` when it is no text, and no `unit` when it is of none. */
export function readEntry(text: string): Omit<JournalLine, 'machine' | 'unit' | 'message'> & {
  readonly unit: string | undefined;
  readonly message: string | undefined;
} {
  const { UNIT, _SYSTEMD_UNIT, __REALTIME_TIMESTAMP, MESSAGE } = entryForm.parse(JSON.parse(text));
  return {
    unit: UNIT ?? _SYSTEMD_UNIT,
    wallMs: __REALTIME_TIMESTAMP / 1000,
    message: typeof MESSAGE === 'string' ? MESSAGE : undefined,
  };
}

/** Does an app's log line name this Couchbase address (and not one that only begins like it)? */
export function namesCouchbase(message: string, address: string): boolean {
  const [, addresses = ''] = /current (?:config|connection).*couchbase:\/\/([0-9.,]*)/.exec(message) ?? [];
  return addresses.split(',').includes(address);
}
