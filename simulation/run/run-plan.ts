import { boundMs } from '../checkers/convergence.ts';
import { unawareMs } from '../checkers/freshness.ts';
import { Judge, type Violation } from '../checkers/judge.ts';
import type { HistoryEvent } from '../history/event.ts';
import { fleetKeys } from '#platform/etcd/keys/fleet-keys.ts';
import type { Tampering } from '../machines/fleetd.ts';
import { actionText, machineId, machineName, type Plan } from '../plan/plan.ts';
import { runWorld } from '../world/run-world.ts';
import { Client } from './client.ts';
import { Cluster } from './cluster.ts';
import { Injector } from './inject.ts';

export interface Outcome {
  /** The first; nothing is simulated after it. */
  readonly violation: Violation | undefined;
  readonly simulatedMs: number;
  /** Of the plan that had begun. */
  readonly rounds: number;
  readonly faults: number;
  readonly operations: number;
  /** Transactions that etcd agreed on. */
  readonly commits: number;
  /** From calm until all was as it is wanted, and stayed so, ms, of each round that came to it. */
  readonly settledAfterMs: readonly number[];
}

export interface RunOptions {
  readonly tampering?: Tampering;
  /** Is it judged as a fleet with a fence? As the plan has one, if it is left out. */
  readonly isFenced?: boolean;
  /** Is given every event, after the checkers. */
  readonly onEvent?: (event: HistoryEvent) => void;
}

/** How often it is looked whether all has come to rest, ms; and for how long nothing must have been written by then. */
const lookMs = 1_000;
const unwrittenMs = 5_000;
/** What the dead had sent, renewals of their leases too, has arrived by then, ms since the network is whole. */
const lateMs = 5_000;

/** Carries a plan out, and judges all that happens by every checker. Same plan, same history. */
export async function runPlan(plan: Plan, options: RunOptions = {}): Promise<Outcome> {
  const run = new PlanRun(plan, options);
  await runWorld(run.cluster.agenda, run.cluster, () => run.isOver());
  return run.outcome();
}

class PlanRun {
  readonly cluster: Cluster;
  readonly #plan: Plan;
  readonly #judge: Judge;
  readonly #injector: Injector;
  readonly #clients: readonly Client[];
  readonly #settledAfterMs: number[] = [];
  #isDone = false;
  #rounds = 0;
  #operations = 0;
  #commits = 0;
  #electedAt = 0;

  constructor(plan: Plan, { tampering = {}, onEvent, isFenced = plan.fleet.fence === true }: RunOptions) {
    this.#plan = plan;
    const numbers = Array.from({ length: plan.fleet.machines }, (_, index) => index + 1);
    const facts = {
      keys: fleetKeys(),
      machines: numbers.map((n) => ({ name: machineName(n), id: machineId(n) })),
      ttlSeconds: plan.fleet.ttlSeconds,
    };
    this.#judge = new Judge(facts, isFenced);
    this.cluster = new Cluster(plan, tampering, (event) => {
      this.#see(event);
      onEvent?.(event);
    });
    this.#injector = new Injector(this.cluster, plan.fleet.members);
    this.#clients = [1, 2].map((n) => new Client(`client-${n}`, this.cluster, () => ++this.#operations));
    for (const machine of this.cluster.machines)
      this.cluster.agenda.after(this.cluster.random.share() * 3_000, () => machine.boot());
    this.#begin(0);
  }

  isOver(): boolean {
    return this.#isDone || this.#judge.violation !== undefined;
  }

  outcome(): Outcome {
    return {
      violation: this.#judge.violation,
      simulatedMs: this.cluster.agenda.now(),
      rounds: this.#rounds,
      faults: this.#injector.count(),
      operations: this.#operations,
      commits: this.#commits,
      settledAfterMs: this.#settledAfterMs,
    };
  }

  #see(event: HistoryEvent): void {
    if (event.kind === 'commit') this.#commits += 1;
    if (event.kind === 'etcd-leader') this.#electedAt = event.at;
    this.#judge.see(event);
  }

  #begin(index: number): void {
    const round = this.#plan.rounds[index];
    if (round === undefined) {
      this.#isDone = true;
      return;
    }
    this.#rounds += 1;
    const { agenda } = this.cluster;
    for (const action of round.actions) {
      agenda.after(action.atMs, () => {
        if (action.does === 'fault') this.#injector.inject(action, actionText(action));
        else this.#clients[action.client - 1]?.perform(action.operation);
      });
    }
    agenda.after(round.lengthMs, () => this.#calm(index));
  }

  #calm(index: number): void {
    this.#injector.endAll();
    for (const client of this.#clients) client.stop();
    const { agenda } = this.cluster;
    const since = agenda.now();
    this.cluster.record({ kind: 'calm', isOn: true });
    const bound = boundMs(this.#plan.fleet.ttlSeconds, this.#judge.truth.freshness.recoveryMs);
    let asWantedAt: number | undefined;
    const lookForRest = (): void => {
      asWantedAt = this.#isAsWanted() ? (asWantedAt ?? agenda.now()) : undefined;
      // A new leader of etcd gives every lease its whole time again.
      if (agenda.now() - Math.max(since, this.#electedAt) >= this.#leastCalmMs() && this.#isAtRest()) {
        this.#settledAfterMs.push((asWantedAt ?? agenda.now()) - since);
        this.#rest(index);
      } else if (agenda.now() - since > bound) {
        this.cluster.record({ kind: 'overdue', boundMs: bound });
        const what = `${Math.round(bound / 1000)} s after calm etcd is written to, or somebody waits for an answer`;
        this.#judge.blame({ checker: 'convergence', at: agenda.now(), what });
      } else agenda.after(lookMs, lookForRest);
    };
    agenda.after(lookMs, lookForRest);
  }

  /** By then the leases of those who died have run out, too, with whatever still hung on them; and who missed something without knowing has found that out. */
  #leastCalmMs(): number {
    return Math.max(this.#plan.fleet.ttlSeconds * 1000, unawareMs) + lateMs;
  }

  #isAtRest(): boolean {
    if (!this.#clients.every((client) => client.isIdle())) return false;
    if (this.cluster.machines.some((machine) => machine.isAnswering())) return false;
    if (this.cluster.agenda.now() - this.#judge.truth.lastCommitAt < unwrittenMs) return false;
    return this.#isAsWanted();
  }

  #isAsWanted(): boolean {
    return this.#judge.missing() === undefined;
  }

  /** Twice as long as anything that looks after the fleet from time to time lets go by, and a lease. */
  #rest(index: number): void {
    const { resyncMs, ttlSeconds } = this.#plan.fleet;
    this.cluster.record({ kind: 'rest', isOn: true });
    this.cluster.agenda.after(Math.max(22_000, 2 * resyncMs, ttlSeconds * 1000), () => {
      this.cluster.record({ kind: 'rest', isOn: false });
      this.cluster.record({ kind: 'calm', isOn: false });
      this.#begin(index + 1);
    });
  }
}
