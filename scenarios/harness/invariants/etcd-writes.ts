import { quorumLost } from '../record/quorum.ts';
import type { RunRecord } from '../record/run-record.ts';
import { describeSpan, totalMs } from '../record/spans.ts';
import { seconds } from '#errors/seconds.ts';
import type { Finding } from '../record/verdict.ts';

/** No write that etcd acknowledged is missing at the end, and none was acknowledged while no majority could have agreed to it. */
export function etcdWrites(record: RunRecord): Finding {
  const name = 'no acknowledged etcd write lost, none acknowledged without a quorum';
  const acknowledged = record.samples.filter(({ probe, ok, key }) => probe === 'etcd-write' && ok && key !== undefined);
  const lost = quorumLost(record, 'surely');
  // Asked and answered within: one that was asked before may have been agreed to before.
  const without = acknowledged.find(({ wallMs, ms }) => {
    const [askedMs, answeredMs] = [wallMs - record.wallToRunMs, wallMs + ms - record.wallToRunMs];
    return lost.some(({ fromMs, toMs }) => fromMs <= askedMs && answeredMs <= toMs);
  });
  if (without !== undefined) {
    const at = seconds(without.wallMs - record.wallToRunMs);
    return { name, verdict: 'fail', evidence: `${without.key ?? 'a key'} acknowledged at ${at}, without a quorum` };
  }
  const readBack = record.readBack.find(({ probe }) => probe === 'etcd-write');
  if (readBack?.wallMs === undefined)
    return { name, verdict: 'unknown', evidence: 'the writes were not read back at the end' };
  if (readBack.lost.length > 0) {
    const evidence = `${readBack.lost.length} of ${readBack.acknowledged} missing: ${readBack.lost.slice(0, 5).join(', ')}`;
    return { name, verdict: 'fail', evidence };
  }
  if (acknowledged.length === 0) return { name, verdict: 'unknown', evidence: 'no write was acknowledged' };
  const quorum =
    lost.length === 0
      ? 'no fault of this run took the quorum'
      : `none within the ${seconds(totalMs(lost))} without a quorum (${lost.map(describeSpan).join(', ')})`;
  return { name, verdict: 'pass', evidence: `${readBack.acknowledged} acknowledged, all there at the end; ${quorum}` };
}
