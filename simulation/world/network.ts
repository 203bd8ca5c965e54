import type { Agenda } from './agenda.ts';
import type { SeededRandom } from '#scenarios/chaos/seeded-random.ts';

/** What is wrong with one direction between two hosts. */
export interface Impairment {
  /** Nothing passes. */
  readonly cut?: boolean;
  /** Share of packets that is lost, 0 to 1. */
  readonly loss?: number;
  /** ms that each packet takes longer. */
  readonly delayMs?: number;
}

/**
 * TCP's first retransmission comes after this long, ms (Linux: 200 ms), each further one after twice as long. Linux goes on to 2 min between two;
 * here it stays at 3 s, so that little is left of a partition some seconds after it.
 */
const firstRetryMs = 200;
const longestRetryMs = 3_000;
/** Then the connection is given up: after a minute and a half. */
const mostRetries = 30;

/**
 * Directed links between hosts. A message that finds its way cut is sent again by the kernel of its host, as TCP does it, whether the
 * process that sent it lives or not: so it may arrive long after its sender's death. It goes with its host.
 */
export class Network {
  readonly #agenda: Agenda;
  readonly #random: SeededRandom;
  readonly #links = new Map<string, Set<Impairment>>();
  /** Boots of each host so far; what is down has none. */
  readonly #boots = new Map<string, number>();
  readonly #up = new Set<string>();
  readonly #listeners = new Set<() => void>();

  constructor(agenda: Agenda, random: SeededRandom) {
    this.#agenda = agenda;
    this.#random = random;
  }

  /** The listener hears of every change of what reaches what. @returns it hears no more */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Whether the host has power. */
  isUp(host: string): boolean {
    return this.#up.has(host);
  }

  /** Gives a host power, or takes it; what it was still trying to send goes with its power. */
  setUp(host: string, up: boolean): void {
    if (up === this.#up.has(host)) return;
    if (up) {
      this.#up.add(host);
      this.#boots.set(host, this.#bootOf(host) + 1);
    } else this.#up.delete(host);
    this.#changed();
  }

  /** @returns undoes it */
  impair(from: string, to: string, impairment: Impairment): () => void {
    const link = `${from}>${to}`;
    const here = this.#links.get(link) ?? new Set();
    this.#links.set(link, here.add(impairment));
    this.#changed();
    return () => {
      if (here.delete(impairment)) this.#changed();
    };
  }

  /** Both hosts are up, and what the first sends arrives at the second. */
  reaches(from: string, to: string): boolean {
    return this.#up.has(from) && this.#up.has(to) && !this.#isCut(from, to);
  }

  /** How long a packet takes that arrives, ms; undefined: it is lost. */
  travelMs(from: string, to: string): number | undefined {
    if (from === to) return 0.05 + this.#random.share() * 0.2;
    let [loss, delay] = [0, 0];
    for (const one of this.#links.get(`${from}>${to}`) ?? []) {
      loss = Math.max(loss, one.loss ?? 0);
      delay = Math.max(delay, one.delayMs ?? 0);
    }
    if (this.#isCut(from, to) || (loss > 0 && this.#random.chance(loss))) return undefined;
    const spike = this.#random.chance(0.01) ? this.#random.share() * 40 : 0;
    return 0.2 + this.#random.share() * 1.5 + spike + delay * (0.5 + this.#random.share());
  }

  /**
   * Sends one message over TCP.
   * @param arrive called when the message is there and the host is up
   * @param after the moment before which it must not arrive: that of the message before it on the same connection
   * @returns when it is to arrive, as far as that is known
   */
  send(from: string, to: string, arrive: () => void, after = 0): number {
    return this.#try({ from, to, arrive, boot: this.#bootOf(from), after }, 0);
  }

  /** Sends a packet that nobody sends again. */
  datagram(from: string, to: string, arrive: () => void): void {
    if (!this.#up.has(from)) return;
    const ms = this.travelMs(from, to);
    if (ms !== undefined) this.#agenda.after(ms, () => this.reaches(from, to) && arrive());
  }

  #try(message: Message, retries: number): number {
    const { from, to, arrive, boot, after } = message;
    const isGone = !this.#up.has(from) || boot !== this.#bootOf(from);
    if (isGone || retries > mostRetries) return Infinity;
    const ms = this.travelMs(from, to);
    if (ms === undefined) {
      const wait = Math.min(longestRetryMs, firstRetryMs * 2 ** retries) * (1 + this.#random.share() * 0.1);
      this.#agenda.after(wait, () => this.#try(message, retries + 1));
      return this.#agenda.now() + wait;
    }
    const when = Math.max(after, this.#agenda.now() + ms);
    this.#agenda.at(when, () => {
      if (this.#isCut(from, to)) this.#try(message, retries + 1);
      else if (this.#up.has(to)) arrive();
    });
    return when;
  }

  #isCut(from: string, to: string): boolean {
    if (from === to) return false;
    for (const one of this.#links.get(`${from}>${to}`) ?? []) if (one.cut) return true;
    return false;
  }

  #bootOf(host: string): number {
    return this.#boots.get(host) ?? 0;
  }

  #changed(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

interface Message {
  readonly from: string;
  readonly to: string;
  readonly arrive: () => void;
  /** Of the sending host, when it was sent. */
  readonly boot: number;
  readonly after: number;
}
