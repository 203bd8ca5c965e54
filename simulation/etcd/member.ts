import { etcdFailure, failureFromStatus } from '#platform/etcd/etcd-failure.ts';
import { refusalOf } from '#platform/etcd/memory/memory-store.ts';
import type { WireMethod } from '#platform/etcd/wire.ts';
import type { Agenda, Cancel } from '../world/agenda.ts';
import type { Consensus } from './consensus.ts';
import { OpenCallers, type Caller, type OpenCaller } from './open-callers.ts';
import type { Peer } from './peer.ts';
import { Replica, type Command, type Result } from './replica.ts';
import { header, readDelete, readPut, readRange, readTransaction, writeRange } from './wire-requests.ts';
import { Watchers, type WatchOutlet } from './watchers.ts';

/** What a member shares with the others. */
export interface MemberGround {
  readonly agenda: Agenda;
  consensus(): Consensus;
  /** Random, 0 to 1. */
  share(): number;
  /** A lease id that nobody has. */
  newLease(): string;
  /** Asks the leader's lessor: seconds left, 0 = gone. */
  renew(lease: string): number;
}

/** A read that could not be confirmed is asked for again after this long, ms. */
const readRetryMs = 300;
/** etcd grants no shorter lease: one and a half election times, in whole seconds (lessor's minimum TTL). */
const leastTtlSeconds = 2;

/** One member of etcd: takes requests of clients, and applies what was agreed to a copy of its own, which outlives its process. */
export class EtcdMember implements Peer {
  readonly host: string;
  readonly endpoint: string;
  readonly #ground: MemberGround;
  readonly #replica = new Replica();
  readonly #watchers: Watchers;
  #isUp = false;
  #isPaused = false;
  #starts = 0;
  #applied = 0;
  #slowMs = 0;
  #postponed: (() => void)[] = [];
  #reads = new Set<{ readonly count: number; readonly act: () => void }>();
  readonly #callers: OpenCallers;

  constructor(host: string, ground: MemberGround) {
    this.host = host;
    this.endpoint = `http://${host}:2379`;
    this.#ground = ground;
    this.#watchers = new Watchers(ground.agenda, this.#replica.keys);
    this.#callers = new OpenCallers(ground.agenda, this.endpoint, (act) => this.#whenRunning(act));
  }

  isRunning(): boolean {
    return this.#isUp && !this.#isPaused;
  }

  /** Its process runs, or stands still. */
  isUp(): boolean {
    return this.#isUp;
  }

  applied(): number {
    return this.#applied;
  }

  /** Leases that it knows of by what it has applied, with the seconds that each lives. */
  leases(): ReadonlyMap<string, number> {
    return this.#replica.leases;
  }

  diskMs(): number {
    return 0.3 + this.#ground.share() * 2 + this.#slowMs * (0.2 + this.#ground.share());
  }

  /** @param ms about as long as its disk takes for a write beyond what is usual */
  setSlowMs(ms: number): void {
    this.#slowMs = ms;
  }

  /** Its process begins, with the copy it had; it takes part in elections from now on. */
  start(): void {
    this.#isUp = true;
    this.#starts += 1;
    this.#ground.consensus().reassess();
  }

  /** @param says the connections' ends are told of it: the process died, the host did not */
  stop(says: boolean): void {
    this.#isUp = false;
    this.#isPaused = false;
    this.#postponed = [];
    this.#reads.clear();
    const callers = this.#callers.closeAll();
    if (says) for (const caller of callers) caller.fail(this.#failure('timeout.etcd', 'read ECONNRESET'));
    this.#watchers.endAll(this.endpoint, 'the member has stopped');
    this.#ground.consensus().reassess();
  }

  /** Its process stands still: what comes to it waits. Nothing for one that is down. */
  pause(): void {
    if (!this.#isUp) return;
    this.#isPaused = true;
    this.#ground.consensus().reassess();
  }

  /** Its process goes on, first with what came meanwhile. */
  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    const postponed = this.#postponed;
    this.#postponed = [];
    this.#ground.consensus().reassess();
    for (const act of postponed) this.#ground.agenda.after(0, () => this.#whenRunning(act));
  }

  onLeaderless(): void {
    this.#watchers.endAll(this.endpoint, 'etcdserver: no leader');
  }

  applyTo(count: number): void {
    for (; this.#applied < count; this.#applied++) {
      const entry = this.#ground.consensus().entry(this.#applied);
      if (entry === undefined) return;
      const result = this.#replica.apply(entry.command);
      if (entry.origin === this) entry.onApplied(result);
    }
    for (const read of this.#reads) {
      if (read.count > this.#applied) continue;
      this.#reads.delete(read);
      read.act();
    }
    this.#watchers.tellAll();
  }

  /** A request of a client has arrived. */
  receive(method: WireMethod, request: object, caller: Caller): void {
    if (!this.#isUp) return caller.fail(this.#failure('timeout.etcd-connect', 'connect ECONNREFUSED'));
    const open = this.#callers.open(method, caller);
    this.#whenRunning(() => this.#serve(method, request, open));
  }

  /** @returns closes it */
  watch(prefix: string, from: number | undefined, outlet: WatchOutlet): () => void {
    if (!this.#isUp) {
      outlet.end(this.#failure('timeout.etcd-connect', 'connect ECONNREFUSED'));
      return () => {};
    }
    let close = (): void => {};
    let isClosed = false;
    this.#whenRunning(() => {
      if (isClosed) return;
      if (!this.#ground.consensus().hears(this))
        return outlet.end(failureFromStatus(14, 'etcdserver: no leader', this.endpoint, 'watch'));
      close = this.#watchers.open(prefix, from, outlet);
    });
    return () => {
      isClosed = true;
      close();
    };
  }

  #serve(method: WireMethod, request: object, caller: OpenCaller): void {
    switch (method) {
      case 'range':
        return this.#range(request, caller);
      case 'put':
        return this.#write({ kind: 'transaction', guards: [], writes: [readPut(request)] }, caller, () => ({}));
      case 'deleteRange':
        return this.#write({ kind: 'transaction', guards: [], writes: [readDelete(request)] }, caller, (result) => ({
          deleted: String(result.deleted),
        }));
      case 'txn': {
        const { guards, writes } = readTransaction(request);
        const refusal = refusalOf(writes);
        if (refusal !== undefined) return caller.fail(failureFromStatus(3, refusal, this.endpoint, method));
        return this.#write({ kind: 'transaction', guards, writes }, caller, ({ succeeded, revision }) => ({
          header: { revision: String(revision) },
          succeeded,
        }));
      }
      case 'leaseGrant': {
        const ttlSeconds = Math.max(leastTtlSeconds, Number((request as { TTL: string }).TTL));
        const lease = this.#ground.newLease();
        return this.#write({ kind: 'grant', lease, ttlSeconds }, caller, () => ({
          ID: lease,
          TTL: String(ttlSeconds),
        }));
      }
      case 'leaseRevoke':
        return this.#write({ kind: 'revoke', lease: (request as { ID: string }).ID }, caller, () => ({}));
      case 'leaseKeepAlive': {
        const lease = (request as { ID: string }).ID;
        return this.#ground.consensus().askLeader(
          this,
          () => this.#ground.renew(lease),
          (seconds) => this.#whenRunning(() => caller.answer({ ID: lease, TTL: String(seconds) })),
        );
      }
      case 'leaseTimeToLive':
        throw new Error('the simulated etcd does not know leaseTimeToLive: fleet has never asked for it');
    }
  }

  #write(command: Command, caller: Caller, answer: (result: Result) => object): void {
    const starts = this.#starts;
    const onApplied = (result: Result): void => {
      if (starts !== this.#starts || !this.#isUp) return;
      if (result.leaseGone)
        caller.fail(failureFromStatus(5, 'etcdserver: requested lease not found', this.endpoint, command.kind));
      else caller.answer({ ...answer(result), header: header(result.revision) });
    };
    this.#ground.consensus().propose({ command, author: caller.author, origin: this, onApplied });
  }

  /** A linearisable read: from its own copy, once that is as new as a majority says it must be. */
  #range(request: object, caller: OpenCaller): void {
    const { key, prefix } = readRange(request);
    const { keys } = this.#replica;
    let retry: Cancel = () => {};
    const answer = (): void => {
      retry();
      const items = prefix ? keys.list(key) : [keys.get(key)].filter((kv) => kv !== undefined);
      caller.answer(writeRange(request, items, keys.revision()));
    };
    const ask = (): void => {
      if (!caller.isOpen()) return;
      this.#ground.consensus().readIndex(this, (count) => {
        this.#whenRunning(() => {
          if (!caller.isOpen()) return;
          if (this.#applied >= count) answer();
          else this.#reads.add({ count, act: answer });
        });
      });
      retry = this.#ground.agenda.after(readRetryMs, () => this.#whenRunning(ask));
    };
    ask();
  }

  #whenRunning(act: () => void): void {
    if (!this.#isUp) return;
    if (this.#isPaused) this.#postponed.push(act);
    else act();
  }

  #failure(kind: 'timeout.etcd' | 'timeout.etcd-connect', detail: string) {
    return etcdFailure(kind, this.endpoint, 'request', detail);
  }
}
