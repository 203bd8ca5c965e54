import type { SeededRandom } from '#scenarios/chaos/seeded-random.ts';
import type { Change } from '../history/event.ts';
import type { Agenda } from '../world/agenda.ts';
import type { HostClock } from '../world/host-clock.ts';
import type { Network } from '../world/network.ts';
import { Consensus } from './consensus.ts';
import { Lessor } from './lessor.ts';
import { EtcdMember } from './member.ts';
import type { Peer, Proposal } from './peer.ts';
import { Replica } from './replica.ts';

/** What becomes true in etcd, in its order. */
export interface EtcdEvents {
  /** @param author as the connection names it; `etcd` when a lease ran out */
  onCommit(commit: { readonly revision: number; readonly author: string; readonly changes: readonly Change[] }): void;
  /** @param host of the leader; undefined: there is none */
  onLeader(host: string | undefined): void;
}

/** An etcd of several members: what they agree on, and the time that leases have. */
export class EtcdCluster {
  readonly members: readonly EtcdMember[];
  readonly #consensus: Consensus;
  readonly #lessor: Lessor;
  /** The store as it is agreed on, whoever knows of it yet. */
  readonly #agreed = new Replica();
  readonly #events: EtcdEvents;
  #leases = 7_000_000_000_000_000_000n;
  #requests = 0;

  /** @param around.electionMs etcd's election timeout */
  constructor(
    around: { agenda: Agenda; network: Network; random: SeededRandom; electionMs: number },
    hosts: readonly { readonly name: string; readonly clock: HostClock }[],
    events: EtcdEvents,
  ) {
    this.#events = events;
    const clocks = new Map(hosts.map(({ name, clock }) => [name, clock]));
    const ground = {
      agenda: around.agenda,
      consensus: () => this.#consensus,
      share: () => around.random.share(),
      newLease: () => String(++this.#leases),
      renew: (lease: string) => this.#lessor.renew(lease),
    };
    this.members = hosts.map(({ name }) => new EtcdMember(name, ground));
    const byPeer = new Map<Peer, EtcdMember>(this.members.map((member) => [member, member]));
    this.#lessor = new Lessor(
      around.agenda,
      () => around.random.share(),
      (lease) => this.revokeLease(lease),
    );
    this.#consensus = new Consensus(around, this.members, {
      onCommitted: (proposal) => this.#commit(proposal),
      onLeader: (peer) => {
        const [member, clock] = peer === undefined ? [] : [byPeer.get(peer), clocks.get(peer.host)];
        if (member === undefined || clock === undefined) this.#lessor.demote();
        else this.#lessor.promote(member.leases(), clock);
        events.onLeader(member?.host);
      },
    });
  }

  /** Host of the member that leads; undefined during an election. */
  leader(): string | undefined {
    return this.#consensus.leader()?.host;
  }

  /** Commands that were agreed on. */
  requests(): number {
    return this.#requests;
  }

  /** A lease goes, though it was renewed: its time is over, or somebody has revoked it. */
  revokeLease(lease: string): void {
    this.#propose({ kind: 'revoke', lease });
  }

  /** The lease that a key is on, by what was agreed; undefined: no lease, or no key. */
  leaseOf(key: string): string | undefined {
    return this.#agreed.keys.get(key)?.lease;
  }

  /** A key's value, by what was agreed; undefined: no such key. */
  valueOf(key: string): string | undefined {
    return this.#agreed.keys.get(key)?.value;
  }

  /** Has the members forget old revisions, once that is agreed; without a leader nothing happens. */
  compact(): void {
    this.#propose({ kind: 'compact' });
  }

  /** The leader leads no more, for no reason that anybody sees. */
  depose(): void {
    this.#consensus.depose();
  }

  #propose(command: Proposal['command']): void {
    const origin = this.#consensus.leader();
    if (origin !== undefined) this.#consensus.propose({ command, author: 'etcd', origin, onApplied: () => {} });
  }

  #commit({ command, author }: Proposal): void {
    this.#requests += 1;
    const changes = this.#agreed.changesBy(command);
    const { revision } = this.#agreed.apply(command);
    if (command.kind === 'grant') this.#lessor.granted(command.lease, command.ttlSeconds);
    if (command.kind === 'revoke') this.#lessor.revoked(command.lease);
    if (changes.length > 0) this.#events.onCommit({ revision, author, changes });
  }
}
