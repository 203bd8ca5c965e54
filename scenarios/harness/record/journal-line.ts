/** One line of a machine's journal. */
export interface JournalLine {
  readonly machine: string;
  readonly unit: string;
  readonly wallMs: number;
  readonly message: string;
}

/** Does an app's log line name this Couchbase address (and not one that only begins like it)? */
export function namesCouchbase(message: string, address: string): boolean {
  const [, addresses = ''] = /current (?:config|connection).*couchbase:\/\/([0-9.,]*)/.exec(message) ?? [];
  return addresses.split(',').includes(address);
}
