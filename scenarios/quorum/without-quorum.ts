import type { EtcdAnswer } from '../harness/context/lab-under-test.ts';
import { seconds } from '#errors/seconds.ts';
import type { ScenarioContext } from '../scenario.ts';
import { overdue } from './conditions.ts';
import type { Roles } from './roles.ts';

/** The key that is there before and must be the same after. */
export const valueKey = '/lab/quorum/value';
/** What is written here is refused: on time-out nobody knows yet whether it will be carried out. */
export const refusedKey = '/lab/quorum/refused';
/** A key on a lease of its own, renewed by nobody, so that its end is known to the second. */
export const leaseKey = '/lab/quorum/lease';
/** Long enough to outlive an orderly halt, short enough to wait for. */
export const leaseSeconds = 15;
/** How far past its end the lease is looked at. */
const overdueSeconds = 3;
/** Beyond etcd's patience, also for a read that must wait for the turn after the one that is timing out. */
const answerMarginMs = 3_000;
/** fleetctl may take this long to say that it cannot; on slow machines fleet asks etcd for as many times longer. */
const sayDeadlineMs = 12_000;

const group = 'without a quorum';

/** What etcd refuses and what it still answers, each as the witness's member says it. */
export async function askEtcd(context: ScenarioContext, { witness }: Roles, expected: string): Promise<void> {
  const { lab } = context;
  const { etcdElectionMs } = lab.config.timers;
  // etcd 3.4, Config.ReqTimeout: 5 s and two election timeouts.
  const patience = 5_000 + 2 * etcdElectionMs;
  const withinMs = 2 * patience + answerMarginMs;
  const from = context.now();
  const [write, read, stale] = await Promise.all([
    lab.etcd.put(witness, refusedKey, 'written without a quorum', { withinMs }),
    lab.etcd.get(witness, valueKey, { withinMs }),
    lab.etcd.get(witness, valueKey, { stale: true }),
  ]);
  const refused = (name: string, answer: EtcdAnswer, turns: number) => {
    const predicted = {
      minMs: 0,
      maxMs: turns * patience + 1_000,
      terms: `${turns === 1 ? 'one turn' : 'up to two turns'} of etcd's patience, 5 s + 2 elections`,
    };
    const said = answer.ok ? `answered ${String(answer.value)}` : answer.error;
    context.measure(`${name} refused`, {
      from,
      to: answer.ok ? undefined : from + answer.tookMs,
      predicted,
      detail: said,
      group,
    });
    const evidence = `${witness} after ${seconds(answer.tookMs)}: ${said}`;
    context.invariant({
      name: `a ${name} is refused without a quorum`,
      verdict: answer.ok ? 'fail' : 'pass',
      evidence,
    });
  };
  refused('write', write, 1);
  refused('linearisable read', read, 2);
  const predicted = { minMs: 0, maxMs: 500 * lab.config.stretch, terms: "from the member's own copy" };
  const detail = stale.ok ? `answers ${stale.value ?? 'nothing'}` : stale.error;
  context.measure('stale read answered', {
    from,
    to: stale.ok ? from + stale.tookMs : undefined,
    predicted,
    detail,
    group,
  });
  context.invariant({
    name: 'a stale read still gets the old value',
    verdict: stale.ok && stale.value === expected ? 'pass' : 'fail',
    evidence: `${witness} after ${seconds(stale.tookMs)}: ${detail}`,
  });
}

/** What a reader sees who types fleetctl: it must say what is wrong, soon. */
export async function askFleetctl(context: ScenarioContext): Promise<void> {
  const deadlineMs = sayDeadlineMs * context.lab.config.stretch;
  for (const args of [['list-machines'], ['list-units'], ['start', 'units/worker.service']]) {
    const command = `fleetctl ${args.join(' ')}`;
    const from = context.now();
    const { exitCode, output, tookMs } = await context.lab.fleet.tryFleetctl(...args);
    const first = output.split('\n').find((line) => line.trim() !== '') ?? '(no output)';
    const predicted = {
      minMs: 0,
      maxMs: deadlineMs,
      terms: 'fleet asks etcd for some seconds, then says it cannot',
    };
    context.measure(`${command} gives up`, { from, to: from + tookMs, predicted, detail: first, group });
    const clear = exitCode !== 0 && /quorum|etcd/.test(output) && tookMs <= deadlineMs;
    context.invariant({
      name: `${command} says that etcd has no quorum instead of hanging`,
      verdict: clear ? 'pass' : 'fail',
      evidence: `exit code ${exitCode} after ${seconds(tookMs)}: ${first}`,
    });
  }
}

/** Nobody can end a lease without a quorum: the key stays although its time is over. */
export async function watchLease(context: ScenarioContext, { witness }: Roles): Promise<void> {
  const { lab } = context;
  await context.until(overdue(lab, witness, leaseKey, overdueSeconds), {
    within: (leaseSeconds + overdueSeconds) * 1_000 + 10_000,
  });
  const left = await lab.etcd.leaseSeconds(witness, leaseKey);
  const read = await lab.etcd.get(witness, leaseKey, { stale: true });
  const there = read.ok && read.value !== undefined;
  context.invariant({
    name: 'leases stand still without a quorum',
    verdict: there && left !== undefined && left < 0 ? 'pass' : 'fail',
    evidence:
      there && left !== undefined
        ? `${leaseKey} (TTL ${leaseSeconds} s) is still there with ${left.toFixed(1)} s left`
        : `${leaseKey}, or its lease, is gone`,
  });
}
