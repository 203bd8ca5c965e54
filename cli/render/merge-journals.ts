/** A line with the machine whose journal it is of. */
export interface MachineLine {
  readonly machine: string;
  readonly line: string;
}

const stamp = /^\d{4}-\d\d-\d\dT\S+/;

/**
 * Several journals as one, oldest first, of what `journalctl -o short-iso-precise` prints of each. All machines have the host's
 * clock. A line without a time of its own (the rest of a message) stays behind the one it belongs to. Pure.
 */
export function mergeJournals(journals: ReadonlyMap<string, string>): MachineLine[] {
  const entries = [...journals].flatMap(([machine, text]) => {
    const own: { at: string; lines: MachineLine[] }[] = [];
    for (const line of text.split('\n')) {
      const at = stamp.exec(line)?.[0];
      const last = own.at(-1);
      if (at !== undefined) own.push({ at, lines: [{ machine, line }] });
      // journalctl's own words ("-- Boot ... --", "-- No entries --") belong to nobody's message.
      else if (last !== undefined && line !== '' && !line.startsWith('-- ')) last.lines.push({ machine, line });
    }
    return own;
  });
  entries.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  return entries.flatMap(({ lines }) => lines);
}
