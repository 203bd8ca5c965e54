import { isRecord } from '#errors/is-record.ts';
import { base64Form } from '#platform/etcd/base64.ts';
import { gatewayPaths } from '#platform/etcd/gateway-paths.ts';
import { prefixEnd, wire } from '#platform/etcd/wire.ts';
import type { ReadBack } from '../record/run-record.ts';
import type { Clock } from './clock.ts';
import { HttpLines } from './http-ask.ts';
import type { Endpoint } from './settings.ts';

const pageSize = 2_000;
const requestMs = 2_000;

/**
 * Which acknowledged keys below a prefix are missing, by linearizable reads from the first member that answers; removes the
 * prefix afterwards. Rejects when no member answers before the deadline.
 */
export async function readBackEtcd(args: {
  readonly members: readonly Endpoint[];
  readonly prefix: string;
  readonly acknowledged: readonly string[];
  readonly deadlineMs: number;
  readonly clock: Clock;
}): Promise<ReadBack> {
  const { members, prefix, acknowledged, deadlineMs, clock } = args;
  const endAt = clock.now() + deadlineMs;
  const lines = new HttpLines();
  const ask = async (path: string, body: object): Promise<string> => {
    let last = 'no member to ask';
    for (let turn = 0; clock.now() < endAt && members.length > 0; turn += 1) {
      const member = members[turn % members.length];
      if (member === undefined) break;
      const answer = await post(lines, member, path, JSON.stringify(body), clock);
      if (answer.ok) return answer.text;
      last = answer.text;
      if (turn % members.length === members.length - 1)
        await new Promise((wake) => void clock.after(100, () => wake(0)));
    }
    throw new Error(`etcd: ${last}`);
  };
  try {
    const found = new Set<string>();
    const end = base64Form.encode(prefixEnd(prefix));
    let from = base64(prefix);
    for (let more = acknowledged.length > 0; more;) {
      const text = await ask(gatewayPaths.range, { key: from, range_end: end, keys_only: true, limit: pageSize });
      const answer: unknown = JSON.parse(text);
      const keys = wire.readRange(base64Form, answer).items.map(({ key }) => key);
      for (const key of keys) found.add(key);
      const last = keys.at(-1);
      more = isRecord(answer) && answer['more'] === true && last !== undefined;
      if (last !== undefined) from = base64(`${last}\0`);
    }
    const wallMs = clock.wall();
    // What stays behind after a failure here harms nobody: its keys carry the run's name.
    await ask(gatewayPaths.deleteRange, { key: base64(prefix), range_end: end }).catch(() => undefined);
    const lost = acknowledged.filter((key) => !found.has(key));
    return { probe: 'etcd-write', wallMs, acknowledged: acknowledged.length, lost };
  } finally {
    lines.destroy();
  }
}

function post(lines: HttpLines, member: Endpoint, path: string, body: string, clock: Clock) {
  return new Promise<{ ok: boolean; text: string }>((resolve) => {
    const cancel = clock.after(requestMs, () => {
      giveUp();
      resolve({ ok: false, text: `no answer from ${member.machine} within ${requestMs} ms` });
    });
    const giveUp = lines.ask({ host: member.host, port: member.port, method: 'POST', path, body }, (answer, error) => {
      cancel();
      resolve(answer?.status === 200 ? { ok: true, text: answer.body } : { ok: false, text: answer?.body ?? error });
    });
  });
}

function base64(text: string): string {
  return base64Form.encode(Buffer.from(text));
}
