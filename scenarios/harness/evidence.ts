import { execa } from 'execa';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lab } from '../../provision/cluster/lab.ts';
import type { StreamConnection } from './invariants/one-worker-connection.ts';

const requestDeadlineMs = 2_000;
const credentials = `Basic ${Buffer.from('Administrator:Password1').toString('base64')}`;

/** Documents in the bucket `default`, asked of the Couchbase on this machine; undefined when it does not answer. */
export async function couchbaseDocuments(address: string): Promise<number | undefined> {
  const bucket = await getJson<{ basicStats?: { itemCount?: number } }>(
    `http://${address}:8091/pools/default/buckets/default`,
    { authorization: credentials },
  );
  return bucket?.basicStats?.itemCount;
}

/** Every connection the RSVP stream server ever had; undefined when it does not answer. */
export async function streamConnections(lab: Lab): Promise<StreamConnection[] | undefined> {
  const book = await getJson<{ history: StreamConnection[] }>(
    `http://${lab.config.network.bridgeAddress}/lab/connections`,
  );
  return book?.history;
}

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

/**
 * Writes each machine's journal of the run as text into the run's directory and returns the lines of some units.
 * Reads the journal files on the machines' disks, so it works for machines that are down.
 */
export async function collectJournals(
  lab: Lab,
  runDir: string,
  sinceMs: number,
  units: readonly string[],
): Promise<JournalLine[]> {
  const lines: JournalLine[] = [];
  for (const { name } of lab.config.machines) {
    const source = [
      '--directory',
      lab.paths.machine(name).journalDir,
      '--since',
      `@${Math.floor(sinceMs / 1000)}`,
      '--no-pager',
      '-q',
    ];
    const whole = await execa('journalctl', [...source, '-o', 'short-iso-precise'], {
      reject: false,
      maxBuffer: 256 * 1024 * 1024,
    });
    await writeFile(join(runDir, `journal-${name}.txt`), whole.stdout);
    const json = await execa('journalctl', [...source, '-o', 'json', ...units.flatMap((unit) => ['-u', unit])], {
      reject: false,
      maxBuffer: 256 * 1024 * 1024,
    });
    for (const text of json.stdout.split('\n')) {
      if (text === '') continue;
      const entry = JSON.parse(text) as {
        _SYSTEMD_UNIT?: string;
        UNIT?: string;
        __REALTIME_TIMESTAMP: string;
        MESSAGE: unknown;
      };
      const unit = entry.UNIT ?? entry._SYSTEMD_UNIT ?? '';
      const wallMs = Number(entry.__REALTIME_TIMESTAMP) / 1000;
      if (typeof entry.MESSAGE === 'string') lines.push({ machine: name, unit, wallMs, message: entry.MESSAGE });
    }
  }
  return lines.sort((a, b) => a.wallMs - b.wallMs);
}

/** The last journal lines of some units on all machines, as a person reads them. */
export async function unitJournal(lab: Lab, units: readonly string[], linesEach = 4): Promise<string[]> {
  const perMachine = lab.config.machines.flatMap(({ name }) =>
    units.map(async (unit) => {
      const source = ['--directory', lab.paths.machine(name).journalDir, '--no-pager', '-q', '-o', 'cat', '-u', unit];
      const { stdout } = await execa('journalctl', [...source, '-n', String(linesEach)], { reject: false });
      return stdout
        .split('\n')
        .filter(Boolean)
        .map((line) => `${name} ${unit}: ${line}`);
    }),
  );
  return (await Promise.all(perMachine)).flat();
}

async function getJson<T>(url: string, headers: Record<string, string> = {}): Promise<T | undefined> {
  try {
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(requestDeadlineMs) });
    return response.ok ? ((await response.json()) as T) : undefined;
  } catch {
    return undefined;
  }
}
