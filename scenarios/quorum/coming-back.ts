import type { ActiveFault } from '../harness/record/fault-record.ts';
import { appTimers, fenceWaitMs, shippedRestartMs } from '../harness/prediction/stated-timers.ts';
import { seconds, statedSeconds } from '#errors/seconds.ts';
import type { ScenarioContext } from '../scenario.ts';
import { keyGone, placedOn, stackRunsOn, writable } from './conditions.ts';
import type { Roles } from './roles.ts';
import { leaseKey, leaseSeconds, refusedKey, valueKey } from './without-quorum.ts';

const couchbase = 'couchbase@1.service';
const query = `query every ${statedSeconds(appTimers.queryMs)}`;

/** Waits that no step of the recovery should come near to. */
const within = { quorum: 60_000, stack: 180_000, page: 90_000 };

/** One machine more makes a quorum: how long until etcd, fleet, the units and the page are back. */
export async function firstBack(context: ScenarioContext, roles: Roles, fault: ActiveFault, expected: string) {
  const { lab } = context;
  const { timers } = lab.config;
  const group = 'one machine back';
  const together = [...roles.staying, fault.machine].sort();
  const from = context.now();
  const undone = fault.undo();
  // Heard of by the await below; until then a failure must not end the process.
  undone.catch(() => undefined);
  const since = (name: string, to: number, predicted?: { minMs: number; maxMs: number; terms: string }, detail = '') =>
    context.measure(name, { from, to, detail, group, ...(predicted === undefined ? {} : { predicted }) });

  const quorum = await context.until(writable(lab, roles.witness), { within: within.quorum });
  context.mark('quorum again', quorum.atMs, { detail: `etcd on ${roles.witness} takes a write` });
  const election = timers.etcdElectionMs;
  since('quorum', quorum.atMs, {
    minMs: 300,
    maxMs: 6_000 + 2 * election,
    terms: `boot 0.5-4 s + etcd start 0.5-2 s + election ${election}-${2 * election} ms`,
  });
  // etcd's new leader gives every lease its whole time again (lessor.Promote), as nobody could renew it meanwhile.
  const leaseEnds = context.until(keyGone(lab, roles.witness, leaseKey), { within: leaseSeconds * 1_000 + 20_000 });
  leaseEnds.catch(() => undefined);

  const placed = await context.until(placedOn(lab, couchbase, together), { within: within.stack });
  const ttl = timers.fleetAgentTtlMs;
  const fenceMs = lab.config.fleet.fence && fault.action.kind === 'cut' ? fenceWaitMs(ttl) : 0;
  const terms = `presence of the absent machine ends ${statedSeconds(ttl)} after the election, or has ended before; the fence ${statedSeconds(fenceMs)}`;
  since(
    'rescheduled',
    placed.atMs,
    { minMs: 0, maxMs: 8_000 + 2 * election + ttl + fenceMs + 1_500, terms },
    couchbase,
  );
  const running = await context.until(stackRunsOn(lab, together), { within: within.stack });
  const waits = `web ${statedSeconds(shippedRestartMs['web@.service'])}, worker ${statedSeconds(shippedRestartMs['worker.service'])}`;
  const started = `until rescheduled + container starts + RestartSec of what waited for Couchbase (${waits})`;
  since('all units that fit run', running.atMs, { minMs: 1_000, maxMs: placed.atMs - from + 40_000, terms: started });
  const page = await context.until(lab.page.changes(quorum.atMs), { within: within.page });
  context.mark('page again', page.atMs, { detail: 'new rows appear' });
  since('page shows new rows', page.atMs, {
    minMs: 2_000,
    maxMs: placed.atMs - from + 60_000,
    terms: `${started} + ${query}`,
  });
  const ended = await leaseEnds;
  context.measure('overdue key goes', {
    from: quorum.atMs,
    to: ended.atMs,
    group,
    detail: `${leaseKey}, TTL ${leaseSeconds} s`,
    predicted: {
      minMs: leaseSeconds * 1_000 - 2 * election - 1_500,
      maxMs: leaseSeconds * 1_000 + 3_000,
      terms: 'a new leader gives every lease its whole time again',
    },
  });
  await undone;
  context.invariant({
    name: 'one machine back is enough',
    verdict: 'pass',
    evidence: `${together.join(' and ')}: quorum after ${seconds(quorum.atMs - from)}, every unit that fits after ${seconds(running.atMs - from)}, new rows on the page after ${seconds(page.atMs - from)}`,
  });
  const read = await lab.etcd.get(roles.witness, valueKey);
  const is = read.ok ? (read.value ?? 'nothing') : read.error;
  context.invariant({
    name: 'what was written with a quorum is still there',
    verdict: is === expected ? 'pass' : 'fail',
    evidence: `${valueKey}: "${is}"`,
  });
  // A leader that lost its followers keeps what it was asked in its log; with them back it may still be agreed to (Raft, 5.3).
  const late = await lab.etcd.get(roles.witness, refusedKey);
  const became = late.ok && late.value !== undefined ? 'carried out after all: it lay in the log' : 'never carried out';
  context.fact('what became of the refused write', became);
}

/** The last machine returns: everything as before. */
export async function lastBack(context: ScenarioContext, fault: ActiveFault): Promise<void> {
  const { lab } = context;
  const from = context.now();
  await fault.undo();
  const machines = lab.machines.map(({ name }) => name);
  const running = await context.until(stackRunsOn(lab, machines), { within: within.stack });
  await context.until(lab.etcd.healthy(), { within: within.quorum });
  const page = await context.until(lab.page.showsRows(machines.length, running.atMs), { within: within.page });
  context.mark('everything again', page.atMs, { detail: `${machines.length} pages show rows` });
  const group = 'the last machine back';
  const starts = 'boot + Docker 2-8 s + container start + RestartSec';
  context.measure('all units run', {
    from,
    to: running.atMs,
    predicted: { minMs: 1_000, maxMs: 40_000, terms: starts },
    group,
  });
  context.measure('all pages show rows', {
    from,
    to: page.atMs,
    group,
    predicted: { minMs: 1_000, maxMs: 60_000, terms: `${starts} + ${query}` },
  });
}
