import { faultWindows } from '../record/fault-windows.ts';
import type { RunRecord } from '../record/run-record.ts';
import { covers } from '../record/spans.ts';
import { seconds } from '#errors/seconds.ts';
import type { Finding } from '../record/verdict.ts';

const couchbase = 'couchbase@1.service';

/**
 * No document that Couchbase acknowledged is lost, except where the chapter's design loses it: its data lives in its
 * container, so what was acknowledged before the last start of that container goes with it, and so does what a copy on another
 * machine acknowledged afterwards: one that was out of reach still answers when it can be reached again, until its machine
 * learns that it has moved. Both are counted.
 */
export function documents(record: RunRecord): Finding {
  const name = 'no acknowledged document lost but by the design (data lives in the container)';
  const readBack = record.readBack.find(({ probe }) => probe === 'couchbase');
  const acknowledged = record.samples.filter(({ probe, ok, key }) => probe === 'couchbase' && ok && key !== undefined);
  if (readBack?.wallMs === undefined)
    return { name, verdict: 'unknown', evidence: 'the documents were not read back at the end' };
  if (acknowledged.length === 0) return { name, verdict: 'unknown', evidence: 'no write was acknowledged' };
  const ackOf = new Map(acknowledged.map((sample) => [sample.key, sample]));
  const unheard = readBack.lost.filter((key) => !ackOf.has(key));
  if (unheard.length > 0)
    return { name, verdict: 'unknown', evidence: `${unheard.length} lost documents are not among the samples` };
  const last = lastStart(record);
  const byDesign = (key: string): boolean => {
    const sample = ackOf.get(key);
    if (sample === undefined) return false;
    const ackMs = sample.wallMs + sample.ms - record.wallToRunMs;
    if (last === undefined) return false;
    return ackMs < last.atMs || (sample.machine !== undefined && sample.machine !== last.machine);
  };
  const lost = readBack.lost.filter((key) => !byDesign(key));
  const gone = readBack.lost.length - lost.length;
  const since =
    last === undefined
      ? 'the container was not started in this run'
      : `container last started at ${seconds(last.atMs)}`;
  const figures = `${acknowledged.length} acknowledged, ${gone} lost with the container, ${lost.length} otherwise; ${since}`;
  // Without a journal nobody can say whether the container was started anew.
  if (lost.length > 0 && record.journal.length === 0)
    return { name, verdict: 'unknown', evidence: `${figures}; no journal` };
  return {
    name,
    verdict: lost.length === 0 ? 'pass' : 'fail',
    evidence: lost.length === 0 ? figures : `${figures}: ${sample(lost)}`,
  };
}

/**
 * When systemd last began to start Couchbase's unit (its container is removed then, and a new one made), ms of the run.
 * Starts on a machine that nobody reached begin no copy that anybody reads.
 */
function lastStart(record: RunRecord): { readonly atMs: number; readonly machine: string } | undefined {
  const starts = record.journal.filter(({ unit, message, machine, wallMs }) => {
    if (unit !== couchbase || !message.startsWith(`Starting ${couchbase}`)) return false;
    const silenced = faultWindows(record).filter((w) => w.machine === machine && w.kind === 'partition');
    return !covers(
      silenced.map(({ surely }) => surely),
      wallMs - record.wallToRunMs,
    );
  });
  const [last] = starts.sort((a, b) => b.wallMs - a.wallMs);
  return last === undefined ? undefined : { atMs: last.wallMs - record.wallToRunMs, machine: last.machine };
}

function sample(keys: readonly string[]): string {
  return keys.length <= 5 ? keys.join(', ') : `${keys.slice(0, 5).join(', ')} and ${keys.length - 5} more`;
}
