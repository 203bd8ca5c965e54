import type { SeededRandom } from '#scenarios/chaos/seeded-random.ts';
import type { Network } from '../world/network.ts';
import type { Peer } from './peer.ts';

/** Who hears whom among the members, and how long a majority takes to answer. */
export class Majority {
  readonly #network: Network;
  readonly #random: SeededRandom;
  readonly #peers: readonly Peer[];

  constructor(network: Network, random: SeededRandom, peers: readonly Peer[]) {
    this.#network = network;
    this.#random = random;
    this.#peers = peers;
  }

  /** Does the member hear of this leader? */
  hears(peer: Peer, leader: Peer | undefined): boolean {
    if (leader?.isRunning() !== true) return false;
    return leader === peer || this.#network.reaches(leader.host, peer.host);
  }

  /** Do most members, itself among them, hear it and answer? */
  isWith(peer: Peer): boolean {
    const others = this.#peers.filter((other) => other !== peer && this.#answers(peer, other));
    return peer.isRunning() && others.length + 1 >= this.#quorum();
  }

  /** How long until a majority has answered the leader, ms; undefined: it will not. */
  answersIn(leader: Peer, toDisk: boolean): number | undefined {
    const answers = this.#peers
      .filter((other) => other !== leader && this.#answers(leader, other))
      .map((other) => {
        const there = this.#network.travelMs(leader.host, other.host);
        const back = this.#network.travelMs(other.host, leader.host);
        // Lost, it is said again with the next heartbeats.
        const ms = there === undefined || back === undefined ? 50 + this.#random.share() * 200 : there + back;
        return ms + (toDisk ? other.diskMs() : 0);
      })
      .sort((a, b) => a - b);
    const needed = this.#quorum() - 1;
    const last = needed === 0 ? 0 : answers[needed - 1];
    return last === undefined ? undefined : Math.max(last, toDisk ? leader.diskMs() : 0);
  }

  #quorum(): number {
    return Math.floor(this.#peers.length / 2) + 1;
  }

  #answers(peer: Peer, other: Peer): boolean {
    const both = this.#network.reaches(peer.host, other.host) && this.#network.reaches(other.host, peer.host);
    return other.isRunning() && both;
  }
}
