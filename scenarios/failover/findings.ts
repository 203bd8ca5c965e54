import { type ClusterView, runningOn } from '../harness/record/cluster-view.ts';
import { messagesWithRows } from '../harness/record/messages-with-rows.ts';
import { viewAt } from '../harness/record/replay.ts';
import type { RunRecord } from '../harness/record/run-record.ts';
import type { Finding, Verdict } from '../harness/record/verdict.ts';
import type { Subject } from '../harness/prediction/subject.ts';
import { type FailoverMoments, type FailoverTimeline, tellsAddress } from './timeline.ts';
import { shortUnit } from '../harness/record/unit-name.ts';

/** When the stack had settled on the other machines, and when all was well again (ms of the run); and what was asked then. */
export interface FailoverOutcome extends FailoverMoments {
  readonly settledMs: number | undefined;
  readonly healedMs: number | undefined;
  readonly documents: { readonly before: number | undefined; readonly after: number | undefined };
}

interface Pictures {
  readonly before: ClusterView;
  readonly settled: ClusterView | undefined;
  readonly healed: ClusterView | undefined;
}

/** Everything the scenario claims for the units of this machine, each with its evidence. Pure. */
export function failoverFindings(record: RunRecord, outcome: FailoverOutcome, timeline: FailoverTimeline): Finding[] {
  const at = (ms: number | undefined) => (ms === undefined ? undefined : viewAt(record.events, ms));
  const pictures = {
    before: viewAt(record.events, outcome.faultMs),
    settled: at(outcome.settledMs),
    healed: at(outcome.healedMs),
  };
  const { subject } = outcome;
  const couchbase = subject?.unit.startsWith('couchbase@') === true;
  const announced = subject?.key === undefined ? undefined : { unit: subject.unit, key: subject.key };
  return [
    ...outcome.moved.map((unit) => moved(unit, outcome.broken, pictures.settled)),
    ...(outcome.displaced === undefined ? [] : [displacedWeb(outcome.displaced, pictures)]),
    ...(announced === undefined
      ? []
      : [announcedAnew(announced, pictures), appsRestarted(record, announced, outcome, pictures, timeline)]),
    pageUpdates(record, outcome, timeline),
    ...(couchbase ? [documentLoss(outcome)] : []),
  ];
}

function moved(unit: string, broken: string, settled: ClusterView | undefined): Finding {
  const name = `${unit} moved`;
  if (settled === undefined)
    return { name, verdict: 'unknown', evidence: 'the run ended before the stack had settled' };
  const to = runningOn(settled, unit);
  return { name, verdict: verdict(to !== undefined && to !== broken), evidence: `${broken} -> ${to ?? 'nowhere'}` };
}

function displacedWeb(web: string, { settled, healed }: Pictures): Finding {
  const name = `${web} stayed down for lack of a machine, and returned with the machine`;
  if (settled === undefined)
    return { name, verdict: 'unknown', evidence: 'the run ended before the stack had settled' };
  const unit = settled.units.find((one) => one.name === web);
  const down = unit?.target === undefined;
  const back = healed === undefined ? undefined : runningOn(healed, web);
  const meanwhile = down ? (unit?.reason ?? 'placed nowhere') : `placed on ${unit.target}`;
  const evidence = `${meanwhile}; then ${back === undefined ? 'never back' : `on ${back}`}`;
  return { name, verdict: healed === undefined ? 'unknown' : verdict(down && back !== undefined), evidence };
}

/** A subject that a sidekick announces. */
type Announced = Required<Subject>;

function announcedAnew({ unit, key: { name: key, old } }: Announced, { settled }: Pictures): Finding {
  const now = settled?.keys[key];
  return {
    name: `${shortUnit(unit)} registered at its new address`,
    verdict: settled === undefined ? 'unknown' : verdict(now !== undefined && now !== old),
    evidence: `${key}: ${old ?? 'no key'} -> ${now ?? 'no key'}`,
  };
}

/** The web units that ran on other machines, and for Couchbase the worker, logged the new address. */
function appsRestarted(
  record: RunRecord,
  { unit, key }: Announced,
  { settledMs = Infinity, broken, faultMs }: FailoverOutcome,
  { before, settled }: Pictures,
  { appRestarted }: FailoverTimeline,
): Finding {
  const name = 'the apps restarted with the new address';
  const address = settled?.keys[key.name];
  if (address === undefined) {
    const evidence = `${key.name} ${settled === undefined ? 'was not seen any more' : 'held no address'}`;
    return { name, verdict: settled === undefined ? 'unknown' : 'fail', evidence };
  }
  const during = record.journal.filter(({ wallMs }) => {
    const atMs = wallMs - record.wallToRunMs;
    return atMs >= faultMs && atMs <= settledMs;
  });
  const knowing = new Set(
    during.filter(({ message }) => tellsAddress(message, unit, address)).map((line) => line.unit),
  );
  const webs = before.units.map((one) => one.name).filter((one) => one.startsWith('web@'));
  const wanted = [
    ...(unit.startsWith('couchbase@') ? ['worker.service'] : []),
    ...webs.filter((web) => ![undefined, broken].includes(runningOn(before, web))),
  ];
  const missing = wanted.filter((one) => !knowing.has(one));
  const evidence =
    missing.length === 0
      ? `${address} logged by ${[...knowing].sort().join(', ')}`
      : `${address} not logged by ${missing.join(', ')}`;
  if (record.journal.length === 0) return { name, verdict: 'unknown', evidence: 'no journal could be read' };
  return { name, verdict: verdict(missing.length === 0 && appRestarted?.atMs !== undefined), evidence };
}

/** Rows that change show that the page is fed, not just served from memory. */
function pageUpdates({ events }: RunRecord, { faultMs }: FailoverOutcome, { goodPage }: FailoverTimeline): Finding {
  const name = 'the page updates again, seen by a Socket.IO client';
  const good = goodPage.atMs;
  if (good === undefined) return { name, verdict: 'fail', evidence: 'no message with rows after the failover' };
  const messages = messagesWithRows(events);
  const earlier = new Set(messages.filter(({ atMs }) => atMs < faultMs).map(({ data }) => data.firstKey));
  const later = messages.filter(({ atMs }) => atMs >= good);
  const fresh = new Set(later.map(({ data }) => data.firstKey).filter((key) => !earlier.has(key)));
  return {
    name,
    verdict: verdict(fresh.size >= 1),
    evidence: `${later.length} messages, ${fresh.size} times a new newest row`,
  };
}

/** The chapter accepts that Couchbase's documents are gone; the run shows how many instead of hiding it. */
function documentLoss({ documents: { before, after } }: FailoverOutcome): Finding {
  const name = "documents before and after (the chapter's accepted loss)";
  if (before === undefined || after === undefined)
    return { name, verdict: 'unknown', evidence: 'Couchbase could not be asked' };
  const evidence = `${before} before the fault, ${after} in the new, once empty bucket`;
  return { name, verdict: verdict(before > 0 && after > 0), evidence };
}

function verdict(holds: boolean): Verdict {
  return holds ? 'pass' : 'fail';
}
