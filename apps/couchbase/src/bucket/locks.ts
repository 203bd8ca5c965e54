import type { ByteString } from '../wire/byte-string.ts';

/** Which keys are locked (GET_LOCKED), and until when. A lock that is over is nobody's. */
export class Locks {
  readonly #untilMs = new Map<ByteString, number>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  lock(key: ByteString, untilMs: number): void {
    this.#untilMs.set(key, untilMs);
  }

  release(key: ByteString): void {
    if (this.#untilMs.size > 0) this.#untilMs.delete(key);
  }

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

  clear(): void {
    this.#untilMs.clear();
  }
}
