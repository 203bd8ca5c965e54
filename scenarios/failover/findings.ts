import type { RunEvent } from '../harness/event-log.ts';
import { type ClusterView, runningOn } from '../harness/cluster-view.ts';
import { type JournalLine, namesCouchbase } from '../harness/evidence.ts';
import { oneWorkerConnection, type StreamConnection } from '../harness/invariants/one-worker-connection.ts';
import { conflictsHeld, nothingElseMoved, sidekicksFollowed } from '../harness/invariants/placement.ts';
import type { Finding, Verdict } from '../harness/verdict.ts';
import type { TimelineStep } from '../scenario.ts';

/** What was recorded of one failover, as values. */
export interface FailoverRecord {
  readonly events: readonly RunEvent[];
  readonly journal: readonly JournalLine[];
  readonly timeline: readonly TimelineStep[];
  readonly broken: string;
  readonly faultMs: number;
  readonly before: ClusterView;
  /** After the stack had settled on two machines. */
  readonly settled: ClusterView;
  /** After the broken machine was back and the third web unit ran again. */
  readonly healed: ClusterView | undefined;
  readonly documents: { readonly before: number | undefined; readonly after: number | undefined };
  readonly connections: readonly StreamConnection[] | undefined;
  readonly deadFrom: ReadonlyMap<string, number>;
}

/** Everything the scenario claims, each with its evidence. Pure. */
export function failoverFindings(record: FailoverRecord): Finding[] {
  return [
    ...movedUnits(record),
    displacedWeb(record),
    reregistered(record),
    appsRestarted(record),
    pageUpdates(record),
    documentLoss(record),
    oneWorkerConnection(record.connections, record.deadFrom),
    conflictsHeld(record.events),
    sidekicksFollowed(record.events),
    nothingElseMoved(record.events, record.faultMs, record.broken),
  ];
}

function movedUnits({ before, settled, broken }: FailoverRecord): Finding[] {
  const onBroken = before.units.filter(({ name }) => runningOn(before, name) === broken && !name.startsWith('web@'));
  return onBroken.map(({ name }) => {
    const to = runningOn(settled, name);
    return {
      name: `${name} moved`,
      verdict: verdict(to !== undefined && to !== broken),
      evidence: `${broken} -> ${to ?? 'nowhere'}`,
    };
  });
}

function displacedWeb({ before, settled, healed, broken }: FailoverRecord): Finding {
  const name = 'the third web instance stayed down for lack of a machine, and returned with the machine';
  const web = before.units.find((unit) => unit.name.startsWith('web@') && runningOn(before, unit.name) === broken);
  if (web === undefined) return { name, verdict: 'unknown', evidence: `no web unit ran on ${broken}` };
  const down = runningOn(settled, web.name) === undefined;
  const reason = settled.units.find((unit) => unit.name === web.name)?.reason;
  const back = healed === undefined ? undefined : runningOn(healed, web.name);
  const evidence = `${web.name}: ${down ? (reason ?? 'down') : 'ran elsewhere'}; then ${back === undefined ? 'never back' : `on ${back}`}`;
  return { name, verdict: healed === undefined ? 'unknown' : verdict(down && back !== undefined), evidence };
}

function reregistered({ before, settled }: FailoverRecord): Finding {
  const key = '/services/couchbase/1';
  const [old, now] = [before.keys[key], settled.keys[key]];
  const moved = now !== undefined && now !== old;
  return {
    name: 'Couchbase registered at its new address',
    verdict: verdict(moved),
    evidence: `${old ?? 'no key'} -> ${now ?? 'no key'}`,
  };
}

function appsRestarted({ journal, settled, timeline }: FailoverRecord): Finding {
  const address = settled.keys['/services/couchbase/1'] ?? '?';
  const units = new Set(journal.filter(({ message }) => namesCouchbase(message, address)).map((l) => l.unit));
  const wanted = [
    'worker.service',
    ...settled.units.filter((u) => u.name.startsWith('web@') && u.states.length > 0).map((u) => u.name),
  ];
  const missing = wanted.filter((unit) => !units.has(unit));
  const restarted = timeline.find(({ name }) => name === 'app restarted')?.atMs !== undefined;
  return {
    name: 'worker and web restarted with the new configuration',
    verdict: verdict(missing.length === 0 && restarted),
    evidence:
      missing.length === 0
        ? `couchbase://${address} logged by ${[...units].sort().join(', ')}`
        : `not by ${missing.join(', ')}`,
  };
}

function pageUpdates({ timeline, events }: FailoverRecord): Finding {
  const name = 'the page updates again, seen by a Socket.IO client';
  const good = timeline.find((step) => step.name === 'first good page')?.atMs;
  if (good === undefined) return { name, verdict: 'fail', evidence: 'no message with rows after the restart' };
  const messages = events.filter(
    ({ type, atMs, data }) => type === 'page-message' && atMs >= good && Number(data['rows']) > 0,
  );
  const keys = new Set(messages.map(({ data }) => data['firstKey']));
  return {
    name,
    verdict: verdict(keys.size >= 2),
    evidence: `${messages.length} messages, newest row changed ${keys.size - 1} times`,
  };
}

/** The chapter accepts that Couchbase's documents are gone; the run shows how many instead of hiding it. */
function documentLoss({ documents: { before, after } }: FailoverRecord): Finding {
  const name = "documents before and after (the chapter's accepted loss)";
  if (before === undefined || after === undefined)
    return { name, verdict: 'unknown', evidence: 'Couchbase could not be asked' };
  return {
    name,
    verdict: verdict(before > 0 && after > 0),
    evidence: `${before} before the fault, ${after} in the new, once empty bucket`,
  };
}

function verdict(holds: boolean): Verdict {
  return holds ? 'pass' : 'fail';
}
