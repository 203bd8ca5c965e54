/** A connection with answers that its client has not taken. */
export interface Waiting {
  /** Closes it and tells why. */
  hangUp(why: string): void;
}

/**
 * What all connections keep for their clients, bytes. Beyond the limit the one is closed whose client has taken nothing for the longest
 * time: whoever reads is never it while others do not.
 */
export class WaitingAnswers {
  readonly #limitBytes: number;
  /** In the order in which their clients last took something. */
  readonly #held = new Map<Waiting, number>();
  #sum = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /** @param bytes that it keeps now; 0 also for one that is closed */
  note(connection: Waiting, bytes: number): void {
    const before = this.#held.get(connection) ?? 0;
    if (bytes < before) this.#held.delete(connection);
    if (bytes > 0) this.#held.set(connection, bytes);
    this.#sum += bytes - before;
    for (const [longest, held] of this.#held) {
      if (this.#sum <= this.#limitBytes) break;
      this.#held.delete(longest);
      this.#sum -= held;
      longest.hangUp(`answers that wait for their clients may have ${this.#limitBytes} bytes together`);
    }
  }
}
