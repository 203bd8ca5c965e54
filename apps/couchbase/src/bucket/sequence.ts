import { randomInt } from 'node:crypto';
import type { Cas } from '../wire/cas.ts';
import { CasClock } from './cas-clock.ts';
import { vbucketCount } from './vbucket.ts';

/** Largest base of UUIDs that leaves them exact as numbers (`randomInt` takes up to 2^48). */
const uuidBases = 2 ** 47;

/** The order of a bucket's mutations: CAS, and in each vBucket a sequence number. All collections share it. */
export class Sequence {
  readonly #seqnos = new Array<number>(vbucketCount).fill(0);
  readonly #cas: CasClock;
  #uuidBase = randomInt(1, uuidBases);

  constructor(nowMs: () => number) {
    this.#cas = new CasClock(nowMs);
  }

  nextCas(): Cas {
    return this.#cas.next();
  }

  /** The vBucket's last number. */
  seqno(vbucket: number): number {
    return this.#seqnos[vbucket] ?? 0;
  }

  nextSeqno(vbucket: number): number {
    const seqno = this.seqno(vbucket) + 1;
    this.#seqnos[vbucket] = seqno;
    return seqno;
  }

  /** Tells the vBucket's histories apart: another one after a restart or a flush says that what was acknowledged before is gone. */
  vbucketUuid(vbucket: number): number {
    return this.#uuidBase + vbucket;
  }

  /** Starts a new history. */
  restart(): void {
    this.#seqnos.fill(0);
    this.#uuidBase = randomInt(1, uuidBases);
  }
}
