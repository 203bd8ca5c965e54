import type { RunEvent } from '../harness/event-log.ts';
import { type JournalLine, namesCouchbase } from '../harness/evidence.ts';
import type { TimelineStep } from '../scenario.ts';

const couchbase = 'couchbase@1.service';

/**
 * The failover as named moments, computed from what was recorded. Pure.
 * @param wallToRunMs wall-clock ms minus this is ms since the run began
 */
export function failoverTimeline(args: {
  events: readonly RunEvent[];
  journal: readonly JournalLine[];
  broken: string;
  faultMs: number;
  wallToRunMs: number;
}): TimelineStep[] {
  const { broken, faultMs, wallToRunMs } = args;
  const after = args.events.filter(({ atMs }) => atMs >= faultMs);
  const first = (type: string, matches: (data: Readonly<Record<string, unknown>>) => boolean, fromMs = faultMs) =>
    after.find((event) => event.type === type && event.atMs >= fromMs && matches(event.data));

  const gone = first('machine-gone', (data) => data['machine'] === broken);
  const moved = first('unit-target', (d) => d['unit'] === couchbase && d['to'] !== null && d['to'] !== broken);
  const to = text(moved?.data['to']);
  const active = args.journal.find(
    ({ unit, machine, message, wallMs }) =>
      unit === couchbase &&
      machine === to &&
      wallMs - wallToRunMs >= faultMs &&
      message.startsWith(`Started ${couchbase}`),
  );
  const registered = first('key-set', (data) => data['key'] === '/services/couchbase/1');
  const address = text(registered?.data['value']);
  const restarted = registered === undefined ? undefined : restartedApp(args.journal, address, registered.wallMs);
  const inRun = (line: JournalLine | undefined) =>
    line === undefined ? undefined : Math.round(line.wallMs - wallToRunMs);
  const restartedMs = inRun(restarted);
  const page =
    restartedMs === undefined
      ? undefined
      : first('page-message', (d) => Number(d['rows']) > 0, Math.max(restartedMs, faultMs));

  return [
    { name: 'fault', atMs: faultMs, detail: broken },
    { name: 'machine gone', atMs: gone?.atMs, detail: `fleet no longer lists ${broken}` },
    { name: 'rescheduled', atMs: moved?.atMs, detail: `couchbase@1 placed on ${to}` },
    { name: 'active', atMs: inRun(active), detail: `couchbase@1 started on ${to}` },
    { name: 'registered', atMs: registered?.atMs, detail: `/services/couchbase/1 = ${address}` },
    {
      name: 'app restarted',
      atMs: restartedMs,
      detail: restarted === undefined ? '' : `${restarted.unit} on ${restarted.machine}`,
    },
    {
      name: 'first good page',
      atMs: page?.atMs,
      detail: `${text(page?.data['rows'])} rows from ${text(page?.data['machine'])}`,
    },
  ];
}

function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '?';
}

/** The first web instance that started with the new Couchbase address, by its own log line. */
function restartedApp(journal: readonly JournalLine[], address: string, fromWallMs: number): JournalLine | undefined {
  // The key is seen by sampling; the app may have read it up to one sample earlier.
  const sampleMs = 1_000;
  return journal.find(
    (line) =>
      line.unit.startsWith('web@') && line.wallMs >= fromWallMs - sampleMs && namesCouchbase(line.message, address),
  );
}
