import type { Lab } from '#provision/cluster/lab.ts';

/** Reads the lines of a clock measurement from a machine's journal. */
export function clockJournal(lab: Pick<Lab, 'provider'>) {
  return async (machine: string, unit: string): Promise<{ wallMs: number; message: string }[]> => {
    // A line of journalctl's JSON is an object of text fields (systemd's "Journal JSON Format").
    const stdout = await lab.provider().readJournal(machine, ['-u', unit, '-o', 'json']);
    return stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as { __REALTIME_TIMESTAMP: string; MESSAGE: unknown })
      .flatMap(({ __REALTIME_TIMESTAMP: stamp, MESSAGE: message }) =>
        typeof message === 'string' && message.startsWith('clock ') ? [{ wallMs: Number(stamp) / 1000, message }] : [],
      );
  };
}
