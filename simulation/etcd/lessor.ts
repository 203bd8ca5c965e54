import type { Agenda } from '../world/agenda.ts';
import type { HostClock } from '../world/host-clock.ts';

/** etcd looks for leases that have run out twice a second (lessor.go). */
const lookMs = 500;

/**
 * How long each lease has, by the clock of the member that leads. Renewals stand in its memory only: who leads next gives every lease
 * its full time again (etcd's lessor, `Promote`).
 */
export class Lessor {
  readonly #agenda: Agenda;
  readonly #share: () => number;
  readonly #onExpired: (lease: string) => void;
  #clock: HostClock | undefined;
  #ends = new Map<string, { ttlSeconds: number; at: number }>();
  #nextLook = (): void => {};

  /** @param share random, 0 to 1: where in its half second a look falls */
  constructor(agenda: Agenda, share: () => number, onExpired: (lease: string) => void) {
    this.#agenda = agenda;
    this.#share = share;
    this.#onExpired = onExpired;
  }

  /** A member begins to lead: every lease has its full time again. @param leases seconds each lives @param clock of its host */
  promote(leases: ReadonlyMap<string, number>, clock: HostClock): void {
    this.#clock = clock;
    const now = clock.now();
    this.#ends = new Map([...leases].map(([lease, ttl]) => [lease, { ttlSeconds: ttl, at: now + ttl * 1000 }]));
    this.#lookAgain();
  }

  /** Nobody leads: no lease ends until somebody does. */
  demote(): void {
    this.#clock = undefined;
    this.#nextLook();
  }

  /** A lease was agreed on; without a leader it gets its time when one begins. */
  granted(lease: string, ttlSeconds: number): void {
    if (this.#clock === undefined) return;
    this.#ends.set(lease, { ttlSeconds, at: this.#clock.now() + ttlSeconds * 1000 });
    this.#lookAgain();
  }

  /** A lease is gone; `onExpired` is not called for it. */
  revoked(lease: string): void {
    this.#ends.delete(lease);
  }

  /** Seconds to live after the renewal; 0: it is gone, or has run out. */
  renew(lease: string): number {
    const held = this.#ends.get(lease);
    if (held === undefined || this.#clock === undefined || held.at <= this.#clock.now()) return 0;
    held.at = this.#clock.now() + held.ttlSeconds * 1000;
    return held.ttlSeconds;
  }

  /** The next look is when the first lease may have run out; renewed meanwhile, it is looked at again then. */
  #lookAgain(): void {
    this.#nextLook();
    const clock = this.#clock;
    if (clock === undefined || this.#ends.size === 0) return;
    const first = Math.min(...[...this.#ends.values()].map((end) => end.at));
    const wait = clock.trueMs(Math.max(0, first - clock.now())) + this.#share() * lookMs;
    this.#nextLook = this.#agenda.after(wait, () => {
      const now = clock.now();
      for (const [lease, { at }] of this.#ends) if (at <= now) this.#onExpired(lease);
      this.#nextLook = this.#agenda.after(lookMs, () => this.#lookAgain());
    });
  }
}
