import * as z from 'zod/mini';
import type { Write } from '../../etcd/store.ts';
import type { FleetKeys } from '../../etcd/keys/fleet-keys.ts';
import { shortId, type Decision, type Machine } from '../parts/model.ts';

export const pastDecision = z.object({
  /** ms of the epoch, by the clock of the leader. */
  at: z.number(),
  kind: z.enum(['place', 'move', 'evict', 'block', 'stay']),
  /** Names of machines. */
  to: z.optional(z.string()),
  from: z.optional(z.string()),
  reason: z.string(),
  /** Name of the machine whose engine decided. */
  by: z.string(),
  /** How often in a row it found no machine; left out for once. The time and the reason are the last ones. */
  times: z.optional(z.number()),
});
/** What an engine decided on a unit, as it is kept beside the unit. */
export type PastDecision = z.infer<typeof pastDecision>;
const history = z.array(pastDecision);

/** Of one unit; a longer reason (one line for each of many machines) is cut. */
const entriesLimit = 10;
const reasonLimit = 500;
const bytesLimit = 4096;

/** Oldest first. What cannot be read counts as none. */
export function readHistory(value: string | undefined): PastDecision[] {
  try {
    return history.safeParse(JSON.parse(value ?? '[]')).data ?? [];
  } catch {
    return [];
  }
}

/** The history with one decision more, as it is written: ten of them and 4 KB at most, the oldest go first. Pure. */
export function withDecision(value: string | undefined, decision: PastDecision): string {
  const before = readHistory(value);
  const last = before.at(-1);
  const isAgain = last?.kind === 'block' && decision.kind === 'block';
  const reason = decision.reason.length > reasonLimit ? `${decision.reason.slice(0, reasonLimit)}...` : decision.reason;
  const entry = { ...decision, reason, ...(isAgain && { times: (last.times ?? 1) + 1 }) };
  const entries = [...(isAgain ? before.slice(0, -1) : before), entry].slice(-entriesLimit);
  while (entries.length > 1 && Buffer.byteLength(JSON.stringify(entries)) > bytesLimit) entries.shift();
  return JSON.stringify(entries);
}

/**
 * What is written beside each decision of a pass, in its transaction, so that whoever leads next has it.
 * @param valueOf of a key, before the pass
 * @param by id of the machine that leads
 */
export function historyWrites(args: {
  keys: FleetKeys;
  valueOf: (key: string) => string | undefined;
  machines: readonly Machine[];
  by: string;
  at: number;
}): (decision: Decision) => Write[] {
  const { keys, valueOf, machines, at } = args;
  const nameOf = (id: string): string => machines.find((m) => m.id === id)?.name ?? shortId(id);
  return (decision) => {
    // That a unit waits no more is told by what it does then.
    if (decision.kind === 'unblock') return [];
    const { kind, unit } = decision;
    const blocked = kind === 'evict' && decision.blocked !== undefined ? decision.blocked : [];
    const entry: PastDecision = {
      at,
      kind,
      ...('to' in decision && { to: nameOf(decision.to) }),
      ...('from' in decision && { from: nameOf(decision.from) }),
      reason: [decision.reason, ...blocked].join('; '),
      by: nameOf(args.by),
    };
    const key = keys.job(unit).decisions;
    return [{ put: key, value: withDecision(valueOf(key), entry) }];
  };
}
