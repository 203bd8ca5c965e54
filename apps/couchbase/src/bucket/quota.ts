import { LabError } from '../../../../errors/lab-error.ts';

/** Bytes that something may take, and does: documents of a bucket, or of all of them together, or what arrives. */
export class Quota {
  limitBytes: number;
  readonly #whole: Quota | undefined;
  #usedBytes = 0;

  /** @param whole what this is a part of, with a limit of its own */
  constructor(limitBytes: number, whole?: Quota) {
    this.limitBytes = limitBytes;
    this.#whole = whole;
  }

  /** What is taken now, that of its parts counted. */
  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** False when it may not grow by so much; shrinking is always possible, also over the limit. */
  allows(growth: number): boolean {
    if (growth <= 0) return true;
    return this.#usedBytes + growth <= this.limitBytes && (this.#whole === undefined || this.#whole.allows(growth));
  }

  /** For what was taken before: it may be over its own limit, but not over that of the whole. @throws LabError `state.data-memory` */
  require(bytes: number): void {
    if (this.#whole?.allows(bytes) !== false) return;
    throw new LabError({
      code: 'state.data-memory',
      cause: 'what was kept needs more memory than documents may have here',
      next: 'give the server more of it: node --max-old-space-size=MIB',
    });
  }

  /** @param growth negative for what is given back */
  add(growth: number): void {
    this.#usedBytes += growth;
    this.#whole?.add(growth);
  }
}
