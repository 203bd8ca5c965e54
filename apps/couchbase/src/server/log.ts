/** Where the server's own words go. */
export interface Log {
  info(text: string): void;
  warn(text: string): void;
}

/** One line per event on standard output, time first: `docker logs` and the journal take it from there. */
export function consoleLog(nowMs: () => number): Log {
  const line = (level: string, text: string) =>
    process.stdout.write(`${new Date(nowMs()).toISOString()} ${level} ${text}\n`);
  return { info: (text) => line('info', text), warn: (text) => line('warn', text) };
}
