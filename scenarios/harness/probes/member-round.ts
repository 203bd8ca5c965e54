import type { Clock } from './clock.ts';
import type { Endpoint } from './settings.ts';

/** How long a member that failed is left alone while others answer, ms. */
const restMs = 1_000;

/**
 * The members of a cluster in turn, as a client with several endpoints takes them: one that failed is stepped over for a
 * second while another answers. When none does, all are asked.
 */
export class MemberRound {
  readonly #members: readonly Endpoint[];
  readonly #clock: Clock;
  readonly #failedAt = new Map<Endpoint, number>();
  readonly #answeredAt = new Map<Endpoint, number>();
  #turn = 0;

  constructor(members: readonly Endpoint[], clock: Clock) {
    this.#members = members;
    this.#clock = clock;
  }

  /** Undefined only of no members. */
  next(): Endpoint | undefined {
    const now = this.#clock.now();
    const inOrder = this.#members.map((_, i) => this.#members[(this.#turn + i) % this.#members.length]);
    const someAnswers = [...this.#answeredAt.values()].some((at) => now - at < restMs);
    const chosen = someAnswers
      ? (inOrder.find((member) => member && !this.#rests(member, now)) ?? inOrder[0])
      : inOrder[0];
    this.#turn = chosen === undefined ? 0 : this.#members.indexOf(chosen) + 1;
    return chosen;
  }

  /** The member gave an answer: it has its turn again, and for a second those that failed are stepped over. */
  answered(member: Endpoint): void {
    this.#failedAt.delete(member);
    this.#answeredAt.set(member, this.#clock.now());
  }

  /** The member gave none: it is stepped over for a second, if another answers. */
  failed(member: Endpoint): void {
    this.#failedAt.set(member, this.#clock.now());
    this.#answeredAt.delete(member);
  }

  #rests(member: Endpoint, now: number): boolean {
    return now - (this.#failedAt.get(member) ?? -Infinity) < restMs;
  }
}
