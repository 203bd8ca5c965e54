import type { ByteString } from '../wire/byte-string.ts';

/** Which keys are locked (GET_LOCKED), and until when. A lock that is over is nobody's. */
export class Locks {
  readonly #untilMs = new Map<ByteString, number>();
  readonly #nowMs: () => number;

  /** @param nowMs a clock, milliseconds */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Locks a key, or gives its lock another end. @param untilMs by the clock of the constructor */
  lock(key: ByteString, untilMs: number): void {
    this.#untilMs.set(key, untilMs);
  }

  /** Unlocks a key, whoever locked it: who may do that, the caller knows by the CAS. */
  release(key: ByteString): void {
    if (this.#untilMs.size > 0) this.#untilMs.delete(key);
  }

  /** Whether a lock of the key is in force now; one whose time is over is forgotten. */
  isLocked(key: ByteString): boolean {
    if (this.#untilMs.size === 0) return false;
    const untilMs = this.#untilMs.get(key);
    if (untilMs === undefined) return false;
    if (untilMs > this.#nowMs()) return true;
    this.#untilMs.delete(key);
    return false;
  }

  /** Drops what is over. Locks last some seconds, so there are few. */
  expire(): void {
    for (const key of [...this.#untilMs.keys()]) this.isLocked(key);
  }

  /** Unlocks every key. */
  clear(): void {
    this.#untilMs.clear();
  }
}
