import { allCheckers } from '../checkers/all-checkers.ts';
import type { Checker } from '../checkers/checker.ts';
import { whatIsMissing } from '../checkers/convergence.ts';
import { whatIsUntrue } from '../checkers/states-told.ts';
import { Truth } from '../checkers/truth.ts';
import type { HistoryEvent } from '../history/event.ts';
import { fleetKeys } from '#platform/etcd/keys/fleet-keys.ts';
import type { Tampering } from '../machines/fleetd.ts';
import { actionText, machineId, machineName, type FleetShape, type Plan } from '../plan/plan.ts';
import { runWorld } from '../world/run-world.ts';
import { Client } from './client.ts';
import { Cluster } from './cluster.ts';
import { Injector } from './inject.ts';

/** A promise that was broken. */
export interface Violation {
  readonly checker: string;
  /** ms since the simulation began. */
  readonly at: number;
  readonly what: string;
}

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

/**
 * How long after calm everything must be as it is wanted, ms: a machine boots (3 s), what was down registers when the lease of its
 * predecessor has run out, nobody is taken for dead within a TTL of an outage, an etcd that was silent is found out (`Freshness`), an
 * agent tries again what systemd has refused (up to 60 s, twice), and units stop and start (20 s).
 */
function boundMs({ ttlSeconds }: FleetShape, recoveryMs: number): number {
  return 3_000 + 2 * ttlSeconds * 1000 + recoveryMs + 120_000 + 20_000;
}

/** Carries a plan out, and judges all that happens by every checker. Same plan, same history. */
export async function runPlan(plan: Plan, options: RunOptions = {}): Promise<Outcome> {
  const run = new PlanRun(plan, options);
  await runWorld(run.cluster.agenda, run.cluster, () => run.isOver());
  return run.outcome();
}

class PlanRun {
  readonly cluster: Cluster;
  readonly #plan: Plan;
  readonly #truth: Truth;
  readonly #checkers: readonly Checker[];
  readonly #injector: Injector;
  readonly #clients: readonly Client[];
  readonly #settledAfterMs: number[] = [];
  #violation: Violation | undefined;
  #isDone = false;
  #rounds = 0;
  #operations = 0;
  #commits = 0;
  #electedAt = 0;

  constructor(plan: Plan, { tampering = {}, onEvent, isFenced = plan.fleet.fence === true }: RunOptions) {
    this.#checkers = allCheckers(isFenced);
    this.#plan = plan;
    const numbers = Array.from({ length: plan.fleet.machines }, (_, index) => index + 1);
    this.#truth = new Truth({
      keys: fleetKeys(),
      machines: numbers.map((n) => ({ name: machineName(n), id: machineId(n) })),
      ttlSeconds: plan.fleet.ttlSeconds,
    });
    this.cluster = new Cluster(plan, tampering, (event) => {
      this.#judge(event);
      onEvent?.(event);
    });
    this.#injector = new Injector(this.cluster, plan.fleet.members);
    this.#clients = [1, 2].map((n) => new Client(`client-${n}`, this.cluster, () => ++this.#operations));
    for (const machine of this.cluster.machines)
      this.cluster.agenda.after(this.cluster.random.share() * 3_000, () => machine.boot());
    this.#begin(0);
  }

  isOver(): boolean {
    return this.#isDone || this.#violation !== undefined;
  }

  outcome(): Outcome {
    return {
      violation: this.#violation,
      simulatedMs: this.cluster.agenda.now(),
      rounds: this.#rounds,
      faults: this.#injector.count(),
      operations: this.#operations,
      commits: this.#commits,
      settledAfterMs: this.#settledAfterMs,
    };
  }

  #judge(event: HistoryEvent): void {
    if (event.kind === 'commit') this.#commits += 1;
    if (event.kind === 'etcd-leader') this.#electedAt = event.at;
    this.#truth.see(event);
    for (const checker of this.#checkers) {
      const what = checker.see(event, this.#truth);
      if (what !== undefined) this.#violation ??= { checker: checker.name, at: event.at, what };
    }
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
    const bound = boundMs(this.#plan.fleet, this.#truth.freshness.recoveryMs);
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
        this.#violation ??= { checker: 'convergence', at: agenda.now(), what };
      } else agenda.after(lookMs, lookForRest);
    };
    agenda.after(lookMs, lookForRest);
  }

  /** By then the leases of those who died have run out, too, with whatever still hung on them. */
  #leastCalmMs(): number {
    return Math.max(unwrittenMs, this.#plan.fleet.ttlSeconds * 1000 + lateMs);
  }

  #isAtRest(): boolean {
    const truth = this.#truth;
    if (!this.#clients.every((client) => client.isIdle())) return false;
    if (this.cluster.machines.some((machine) => machine.isAnswering())) return false;
    if (this.cluster.agenda.now() - truth.lastCommitAt < unwrittenMs) return false;
    return this.#isAsWanted();
  }

  #isAsWanted(): boolean {
    return whatIsMissing(this.#truth) === undefined && whatIsUntrue(this.#truth) === undefined;
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
