import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { getJson } from '#provision/cluster/conditions/get-json.ts';
import type { Lab } from '#provision/cluster/lab.ts';
import { couchbaseHeaders } from './couchbase-access.ts';
import { couchbasePorts } from './ports.ts';
import { type JournalLine, readEntry } from '../record/journal-line.ts';
import { type StreamConnection, streamConnectionSchema } from '../record/stream-connection.ts';

/** Couchbase REST API, "Getting Single Bucket Information". */
const bucketForm = z.object({ basicStats: z.object({ itemCount: z.number() }) });

const requestDeadlineMs = 2_000;
/** Asked once a run, when machines may still be booting: worth waiting for. */
const bookDeadlineMs = 15_000;

/**
 * RSVPs in the bucket of the Couchbase at this container address, counted by the page's own view, so that documents of the
 * probes are not among them. Before a web instance has made the view: all documents. Undefined when it does not answer.
 */
export async function couchbaseDocuments(address: string, stretch: number): Promise<number | undefined> {
  const deadlineMs = requestDeadlineMs * stretch;
  const view = `http://${address}:${couchbasePorts.views}/default/_design/ddocid/_view/by_id?limit=1`;
  const rows = await getJson(z.object({ total_rows: z.number().optional() }), view, deadlineMs, couchbaseHeaders);
  if (rows?.total_rows !== undefined) return rows.total_rows;
  const bucket = `http://${address}:${couchbasePorts.rest}/pools/default/buckets/default`;
  const stored = await getJson(bucketForm, bucket, deadlineMs, couchbaseHeaders);
  return stored?.basicStats.itemCount;
}

/** Every connection the RSVP stream server ever had; undefined when it does not answer. */
export async function streamConnections(lab: Lab): Promise<StreamConnection[] | undefined> {
  const book = await getJson(
    z.object({ history: z.array(streamConnectionSchema) }),
    `http://${lab.config.network.bridgeAddress}/lab/connections`,
    bookDeadlineMs * lab.config.stretch,
  );
  return book?.history;
}

/**
 * Lines of these systemd units since a moment, from all machines, by time. Where the provider reads the machines'
 * disks it works for machines that are down.
 */
export async function readJournals(lab: Lab, sinceMs: number, units: readonly string[]): Promise<JournalLine[]> {
  const provider = lab.provider();
  const perMachine = await Promise.all(
    lab.config.machines.map(async ({ name }) => {
      const filter = units.flatMap((unit) => ['-u', unit]);
      const stdout = await provider.readJournal(name, [...since(sinceMs), '-o', 'json', ...filter]);
      return stdout.split('\n').flatMap((text) => journalLine(name, text) ?? []);
    }),
  );
  return perMachine.flat().sort((a, b) => a.wallMs - b.wallMs);
}

/** Writes each machine's journal since a moment as text into the run's directory. */
export async function writeJournals(lab: Lab, runDir: string, sinceMs: number): Promise<void> {
  const provider = lab.provider();
  await Promise.all(
    lab.config.machines.map(async ({ name }) => {
      const text = await provider.readJournal(name, [...since(sinceMs), '-o', 'short-iso-precise']);
      await writeFile(join(runDir, `journal-${name}.txt`), text);
    }),
  );
}

function since(ms: number): string[] {
  return ['--since', `@${Math.floor(ms / 1000)}`];
}

/** Undefined for an empty line, for a message that is not text, and for one of no unit. */
function journalLine(machine: string, text: string): JournalLine | undefined {
  if (text === '') return undefined;
  const { unit, wallMs, message } = readEntry(text);
  return unit === undefined || message === undefined ? undefined : { machine, unit, wallMs, message };
}

/** The last journal lines of some units on all machines, as a person reads them. */
export async function unitJournal(lab: Lab, units: readonly string[], linesEach = 4): Promise<string[]> {
  const provider = lab.provider();
  const perMachine = lab.config.machines.flatMap(({ name }) =>
    units.map(async (unit) => {
      const stdout = await provider.readJournal(name, ['-o', 'cat', '-u', unit, '-n', String(linesEach)]);
      return stdout
        .split('\n')
        .filter(Boolean)
        .map((line) => `${name} ${unit}: ${line}`);
    }),
  );
  return (await Promise.all(perMachine)).flat();
}
