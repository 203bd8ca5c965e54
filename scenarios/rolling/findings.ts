import { runningOn, type ClusterView } from '../harness/record/cluster-view.ts';
import type { EtcdMember } from '../harness/context/lab-under-test.ts';
import { quorumLost } from '../harness/record/quorum.ts';
import type { RunRecord } from '../harness/record/run-record.ts';
import { describeSpan, intersection, type Span, totalMs } from '../harness/record/spans.ts';
import { unreachableSpans } from '../harness/record/unreachable.ts';
import { seconds } from '#errors/seconds.ts';
import type { Finding } from '../harness/record/verdict.ts';
import { requests } from './requests.ts';

/** What a run of reboots must prove. Pure. */
export function rollingFindings(
  record: Pick<RunRecord, 'config' | 'events' | 'samples'>,
  end: { readonly view: ClusterView; readonly members: readonly EtcdMember[]; readonly units: readonly string[] },
): Finding[] {
  return [neverTwoAway(record), quorumKept(record), everythingBack(record, end)];
}

function neverTwoAway(record: Pick<RunRecord, 'config' | 'events'>): Finding {
  const name = 'never two machines away at once';
  const away = record.config.machines.map(({ name: machine }) => ({
    machine,
    spans: unreachableSpans(record, machine),
  }));
  for (const [index, one] of away.entries()) {
    for (const other of away.slice(index + 1)) {
      const [both] = intersection(one.spans, other.spans);
      if (both !== undefined)
        return { name, verdict: 'fail', evidence: `${one.machine} and ${other.machine}: ${describeSpan(both)}` };
    }
  }
  const never = away.filter(({ spans }) => spans.length === 0).map(({ machine }) => machine);
  if (never.length > 0) return { name, verdict: 'unknown', evidence: `not seen away: ${never.join(', ')}` };
  const shown = away.map(({ machine, spans }) => `${machine} for ${seconds(totalMs(spans))}`);
  return { name, verdict: 'pass', evidence: `away: ${shown.join(', ')}` };
}

/** An election interrupts writes for a moment; what lasts longer than etcd itself waits (etcd: ReqTimeout) is no election. */
function quorumKept(record: Pick<RunRecord, 'config' | 'events' | 'samples'>): Finding {
  const name = "etcd's quorum never lost";
  const [lost] = quorumLost(record, 'possibly');
  if (lost !== undefined) return { name, verdict: 'fail', evidence: `no majority at ${describeSpan(lost)}` };
  const writes = requests(record.samples).find(({ probe, machine }) => probe === 'etcd-write' && machine === undefined);
  if (writes === undefined) return { name, verdict: 'unknown', evidence: 'no write to etcd was tried' };
  const longestMs = lengthMs(writes.longestOutage);
  const allowedMs = 5_000 + 2 * record.config.timers.etcdElectionMs;
  const evidence = `${writes.asked} writes, ${writes.failed} failed, at most ${seconds(longestMs)} without one`;
  return { name, verdict: longestMs <= allowedMs ? 'pass' : 'fail', evidence };
}

function everythingBack(
  { config }: Pick<RunRecord, 'config'>,
  { view, members, units }: Parameters<typeof rollingFindings>[1],
): Finding {
  const missing = [
    ...config.machines.filter(({ name }) => !view.machines.includes(name)).map(({ name }) => name),
    ...config.machines
      .filter(({ name }) => !members.some(({ machine, healthy }) => machine === name && healthy))
      .map(({ name }) => `etcd on ${name}`),
    ...units.filter((unit) => runningOn(view, unit) === undefined),
  ];
  const whole = `${config.machines.length} machines, ${members.length} etcd members, ${units.length} units`;
  return {
    name: 'everything is back',
    verdict: missing.length === 0 ? 'pass' : 'fail',
    evidence: missing.length === 0 ? whole : `missing: ${missing.join(', ')}`,
  };
}

function lengthMs(span: Span | undefined): number {
  return span === undefined ? 0 : span.toMs - span.fromMs;
}
