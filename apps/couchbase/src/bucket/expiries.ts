import type { ByteString } from '../wire/byte-string.ts';

/** Keys by the second in which their documents end, so that nobody has to look at all of them to find those that are due. */
export class Expiries {
  readonly #bySecond = new Map<number, Set<ByteString>>();
  #lookedUpTo = -Infinity;

  /** @param second Unix time */
  add(key: ByteString, second: number): void {
    const keys = this.#bySecond.get(second);
    if (keys === undefined) this.#bySecond.set(second, new Set([key]));
    else keys.add(key);
    this.#lookedUpTo = Math.min(this.#lookedUpTo, second - 1);
  }

  /** Forgets what `add` was told. */
  delete(key: ByteString, second: number): void {
    const keys = this.#bySecond.get(second);
    keys?.delete(key);
    if (keys?.size === 0) this.#bySecond.delete(second);
  }

  /** Forgets every key. */
  clear(): void {
    this.#bySecond.clear();
  }

  /** Keys that are due by `second`, at most so many; deletes nothing. */
  due(second: number, most: number): ByteString[] {
    const found: ByteString[] = [];
    for (const when of this.#secondsUpTo(second)) {
      for (const key of this.#bySecond.get(when) ?? []) {
        if (found.length >= most) return found;
        found.push(key);
      }
      this.#lookedUpTo = Math.max(this.#lookedUpTo, when - 1);
    }
    this.#lookedUpTo = Math.max(this.#lookedUpTo, second);
    return found;
  }

  // One by one from where the last look ended, unless that was so long ago that there are fewer entries than seconds.
  *#secondsUpTo(second: number): Generator<number> {
    const from = this.#lookedUpTo + 1;
    if (second - from <= this.#bySecond.size) {
      for (let when = from; when <= second; when++) yield when;
      return;
    }
    const seconds = [...this.#bySecond.keys()].sort((one, other) => one - other);
    for (const when of seconds) if (when <= second) yield when;
  }
}
