import type { RunRecord } from '../harness/record/run-record.ts';
import type { Finding } from '../harness/verdict.ts';

/**
 * Was any write told to be stored while there was no quorum? Counts what was asked and answered wholly within. Pure.
 * @param fromMs ms of the run: the last of the machines was away
 * @param toMs ms of the run: the first of them was asked to come back
 */
export function acknowledgedWithoutQuorum(record: RunRecord, fromMs: number, toMs: number): Finding {
  const name = 'no write is acknowledged without a quorum';
  const within = record.samples.filter(({ probe, wallMs, ms }) => {
    const asked = wallMs - record.wallToRunMs;
    return probe === 'etcd-write' && asked >= fromMs && asked + ms <= toMs;
  });
  const stored = within.filter(({ ok }) => ok);
  if (within.length === 0) return { name, verdict: 'unknown', evidence: 'nobody tried to write meanwhile' };
  const [first] = stored;
  return {
    name,
    verdict: stored.length === 0 ? 'pass' : 'fail',
    evidence:
      first === undefined
        ? `${within.length} ${within.length === 1 ? 'try' : 'tries'} by the probe, none acknowledged`
        : `${stored.length} of ${within.length} acknowledged, first ${first.key ?? '?'} at ${first.machine ?? '?'}`,
  };
}
