import { base64Form } from '#platform/etcd/base64.ts';
import { gatewayPaths } from '#platform/etcd/gateway-paths.ts';
import { HttpLines } from './http-ask.ts';
import type { HttpResponse } from './http-response.ts';
import { MemberRound } from './member-round.ts';
import type { Probe, ProbeContext } from './probe.ts';
import { Questions } from './questions.ts';
import { readBackEtcd } from './etcd-read-back.ts';

/**
 * The probes speak to etcd's gateway over connections of their own (http-ask.ts), not by the lab's client: what they cost and how
 * long an answer takes is what they measure.
 */
const base64 = (text: string) => base64Form.encode(Buffer.from(text));

/** Linearizable reads of one key, round the members. */
export function etcdReadProbe(context: ProbeContext): Probe {
  const body = JSON.stringify({ key: base64('/lab/probe/read') });
  return etcdProbe('etcd-read', context, () => ({ path: gatewayPaths.range, body })).probe;
}

/** Writes of unique keys, round the members; those acknowledged are read back at the end and removed. */
export function etcdWriteProbe(context: ProbeContext): Probe {
  const prefix = `/lab/probe/${context.settings.runId}/`;
  let count = 0;
  const { probe, answered } = etcdProbe('etcd-write', context, () => {
    const key = `${prefix}${String(++count).padStart(8, '0')}`;
    return { path: gatewayPaths.put, body: `{"key":"${base64(key)}","value":"${base64(String(count))}"}`, key };
  });
  return {
    ...probe,
    readBack: (deadlineMs) =>
      readBackEtcd({
        members: context.settings.etcd,
        prefix,
        acknowledged: answered,
        deadlineMs,
        clock: context.clock,
      }),
  };
}

interface EtcdQuestion {
  readonly path: string;
  readonly body: string;
  /** What it writes. */
  readonly key?: string;
}

function etcdProbe(
  name: 'etcd-read' | 'etcd-write',
  { settings, clock, report }: ProbeContext,
  next: () => EtcdQuestion,
): { probe: Probe; answered: string[] } {
  const { deadlineMs } = settings;
  const questions = new Questions({ probe: name, deadlineMs, clock, report });
  const members = new MemberRound(settings.etcd, clock);
  const answered: string[] = [];
  const lines = new HttpLines();
  const probe: Probe = {
    name,
    trouble: () => (settings.etcd.length === 0 ? 'no machine to ask' : undefined),
    ask: () => {
      questions.expire();
      const member = members.next();
      if (member === undefined) return;
      const { path, body, key } = next();
      const question = questions.begin({ machine: member.machine }, () => {
        giveUp();
        members.failed(member);
      });
      const { host, port } = member;
      const headers = { 'content-type': 'application/json' };
      const giveUp = lines.ask({ host, port, method: 'POST', path, headers, body }, (answer, error) => {
        if (answer?.status === 200) {
          members.answered(member);
          if (question.ok(key === undefined ? {} : { key }) && key !== undefined) answered.push(key);
        } else {
          members.failed(member);
          question.failed(answer === undefined ? error : refusal(answer));
        }
      });
    },
    finish: () => questions.finish(),
    disconnect: (reason) => {
      questions.abandon(reason);
      lines.destroy();
    },
  };
  return { probe, answered };
}

/** The gateway's own words: `{"error":"etcdserver: request timed out", ...}`. */
function refusal({ status, body }: HttpResponse): string {
  const words = /"error":"([^"]*)"/.exec(body)?.[1];
  return words === undefined || words === '' ? `HTTP ${status}` : words;
}
