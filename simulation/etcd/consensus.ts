import type { SeededRandom } from '#scenarios/chaos/seeded-random.ts';
import type { Agenda } from '../world/agenda.ts';
import type { Network } from '../world/network.ts';
import { Majority } from './majority.ts';
import type { Peer, Proposal } from './peer.ts';

export interface ConsensusEvents {
  /** It holds for good; told in the order of the log. */
  onCommitted(proposal: Proposal): void;
  /** @param leader undefined: there is none */
  onLeader(leader: Peer | undefined): void;
}

interface Pending {
  readonly proposal: Proposal;
  /** When a majority will have it on disk; undefined: nobody answers the leader. */
  dueAt: number | undefined;
}

/**
 * How etcd's members come to agree: one leads, what it proposes holds when a majority has it, a leader that hears of no majority steps down
 * after an election time (CheckQuorum), and another is elected. What was on its way at a change of leaders may hold or not. Which
 * messages raft sends for it is left out; how long they take, and who is out of reach, is not.
 */
export class Consensus {
  readonly #agenda: Agenda;
  readonly #network: Network;
  readonly #random: SeededRandom;
  readonly #peers: readonly Peer[];
  readonly #majority: Majority;
  readonly #events: ConsensusEvents;
  readonly #electionMs: number;
  readonly #log: Proposal[] = [];
  #leader: Peer | undefined;
  #term = 0;
  #pending: Pending[] = [];
  #doubt: (() => void) | undefined;
  #isCampaigning = false;
  readonly #underWay = new Set<Peer>();
  readonly #leaderless = new Map<Peer, { readonly since: number; readonly term: number }>();

  /** @param around.electionMs etcd's election timeout */
  constructor(
    around: { agenda: Agenda; network: Network; random: SeededRandom; electionMs: number },
    peers: readonly Peer[],
    events: ConsensusEvents,
  ) {
    this.#agenda = around.agenda;
    this.#network = around.network;
    this.#random = around.random;
    this.#electionMs = around.electionMs;
    this.#peers = peers;
    this.#majority = new Majority(around.network, around.random, peers);
    this.#events = events;
    around.network.onChange(() => this.reassess());
  }

  /** The member that leads; undefined during an election. */
  leader(): Peer | undefined {
    return this.#leader;
  }

  /** Does this member know of a leader? */
  hears(peer: Peer): boolean {
    return this.#majority.hears(peer, this.#leader);
  }

  /** What was agreed on at a place of the log, counted from 0; undefined behind its end. */
  entry(index: number): Proposal | undefined {
    return this.#log[index];
  }

  /** Sends it to the leader; without one it is dropped, and whoever asked hears nothing (raft: ErrProposalDropped). */
  propose(proposal: Proposal): void {
    this.#atLeader(proposal.origin, () => {
      this.#pending.push({ proposal, dueAt: undefined });
      this.#expect();
    });
  }

  /** How many commands hold that may be asked for, confirmed by a majority (raft: ReadIndex); may say nothing. */
  readIndex(asking: Peer, tell: (count: number) => void): void {
    this.#atLeader(asking, (leader) => {
      const [term, ms] = [this.#term, this.#majority.answersIn(leader, false)];
      if (ms === undefined) return;
      this.#agenda.after(ms, () => {
        if (term !== this.#term || !leader.isRunning()) return;
        const count = this.#log.length;
        this.#answer(leader, asking, () => tell(count));
      });
    });
  }

  /** Asks the leader without a majority's word: a renewal. What it answers has a way to go as well, and may not arrive. */
  askLeader<T>(asking: Peer, ask: () => T, tell: (answer: T) => void): void {
    this.#atLeader(asking, (leader) => {
      const answer = ask();
      this.#answer(leader, asking, () => tell(answer));
    });
  }

  /** A member or a link is other than it was. */
  reassess(): void {
    const leader = this.#leader;
    if (leader !== undefined) {
      if (this.#majority.isWith(leader)) {
        this.#doubt?.();
        this.#doubt = undefined;
        this.#expect();
        this.#commitDue();
      } else this.#doubt ??= this.#agenda.after(this.#electionMs * (1 + this.#random.share()), () => this.depose());
    }
    for (const peer of this.#peers) this.#noteHearing(peer);
    for (const peer of this.#peers) this.#replicateTo(peer);
    if (this.#leader === undefined) this.#campaign();
  }

  /** The leader leads no more; what it had proposed hangs in the air. */
  depose(): void {
    if (this.#leader === undefined) return;
    this.#leader = undefined;
    this.#doubt?.();
    this.#doubt = undefined;
    this.#events.onLeader(undefined);
    this.reassess();
  }

  #atLeader(from: Peer, act: (leader: Peer) => void): void {
    const [leader, term] = [this.#leader, this.#term];
    if (leader === undefined) return;
    if (leader === from) {
      if (leader.isRunning()) act(leader);
      return;
    }
    this.#network.datagram(from.host, leader.host, () => {
      if (leader === this.#leader && term === this.#term && leader.isRunning()) act(leader);
    });
  }

  /** The way back of what `#atLeader` asked for: it may be cut as well. */
  #answer(leader: Peer, asking: Peer, tell: () => void): void {
    if (leader === asking) tell();
    else this.#network.datagram(leader.host, asking.host, tell);
  }

  /** Says of each proposal when it will hold, in their order. */
  #expect(): void {
    const [leader, term] = [this.#leader, this.#term];
    if (leader === undefined) return;
    let last = 0;
    for (const pending of this.#pending) {
      if (pending.dueAt === undefined) {
        const ms = this.#majority.answersIn(leader, true);
        if (ms === undefined) return;
        pending.dueAt = Math.max(last, this.#agenda.now() + ms);
        this.#agenda.at(pending.dueAt, () => term === this.#term && this.#commitDue());
      }
      last = pending.dueAt;
    }
  }

  #commitDue(): void {
    if (this.#leader?.isRunning() !== true) return;
    const now = this.#agenda.now();
    for (let first = this.#pending[0]; first?.dueAt !== undefined && first.dueAt <= now; first = this.#pending[0]) {
      this.#pending.shift();
      this.#commit(first.proposal);
    }
  }

  #commit(proposal: Proposal): void {
    this.#log.push(proposal);
    this.#events.onCommitted(proposal);
    this.#leader?.applyTo(this.#log.length);
    for (const peer of this.#peers) this.#replicateTo(peer);
  }

  #replicateTo(peer: Peer): void {
    const leader = this.#leader;
    if (leader === undefined || peer === leader || this.#underWay.has(peer)) return;
    if (peer.applied() === this.#log.length || !this.hears(peer) || !peer.isRunning()) return;
    this.#underWay.add(peer);
    const ms = this.#network.travelMs(leader.host, peer.host) ?? 50 + this.#random.share() * 150;
    this.#agenda.after(ms, () => {
      this.#underWay.delete(peer);
      if (this.hears(peer) && peer.isRunning()) peer.applyTo(this.#log.length);
    });
  }

  #campaign(): void {
    if (this.#isCampaigning || !this.#peers.some((peer) => this.#majority.isWith(peer))) return;
    this.#isCampaigning = true;
    this.#agenda.after(5 + this.#random.share() * this.#electionMs, () => {
      this.#isCampaigning = false;
      const able = this.#peers.filter((peer) => this.#majority.isWith(peer));
      const most = Math.max(...able.map((peer) => peer.applied()));
      const upToDate = able.filter((peer) => peer.applied() === most);
      if (upToDate.length > 0) this.#elect(this.#random.pick(upToDate));
    });
  }

  #elect(leader: Peer): void {
    this.#term += 1;
    this.#leader = leader;
    leader.applyTo(this.#log.length);
    this.#events.onLeader(leader);
    // What a majority had holds for good; of the rest, as much as the new leader had of the old one's log.
    const surely = this.#pending.filter(({ dueAt }) => dueAt !== undefined && dueAt <= this.#agenda.now()).length;
    const kept = this.#random.integer(surely, this.#pending.length);
    const survivors = this.#pending.slice(0, kept);
    this.#pending = [];
    for (const { proposal } of survivors) this.#commit(proposal);
    this.reassess();
  }

  /** A member that was cut off for an election time comes back with a higher term, and often brings the leader down (no PreVote in 3.4). */
  #noteHearing(peer: Peer): void {
    const before = this.#leaderless.get(peer);
    const now = this.#agenda.now();
    if (this.hears(peer) || !peer.isRunning()) {
      this.#leaderless.delete(peer);
      const wasCutOff = before !== undefined && peer.isRunning() && before.term === this.#term && peer !== this.#leader;
      if (wasCutOff && now - before.since > 2 * this.#electionMs && this.#random.chance(0.5)) this.depose();
      return;
    }
    if (before !== undefined) return;
    const state = { since: now, term: this.#term };
    this.#leaderless.set(peer, state);
    this.#agenda.after(3 * this.#electionMs, () => {
      if (this.#leaderless.get(peer) === state && peer.isRunning()) peer.onLeaderless();
    });
  }
}
