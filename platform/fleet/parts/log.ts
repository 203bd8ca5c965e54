/** One line of the daemon's log: `event key=value key="value with spaces"`, so that a person and a scenario can both read it. */
export type Log = (event: string, fields?: Readonly<Record<string, string | number | undefined>>) => void;

/** `event key=value key="two words"`: a line of the journal, which fields that are undefined are not in. Pure. */
export function formatLine(event: string, fields: Readonly<Record<string, string | number | undefined>> = {}): string {
  const parts = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${quote(String(value))}`);
  return [event, ...parts].join(' ');
}

function quote(value: string): string {
  return /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
}
