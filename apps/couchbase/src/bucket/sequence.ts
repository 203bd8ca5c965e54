import { randomInt } from 'node:crypto';
import type { Cas } from '../wire/cas.ts';
import { CasClock } from './cas-clock.ts';
import { vbucketCount } from './vbucket.ts';

/** Largest base of UUIDs that leaves them exact as numbers (`randomInt` takes up to 2^48). */
const uuidBases = 2 ** 47;

/** What a sequence is made again from. */
export interface SequenceState {
  readonly uuidBase: number;
  readonly cas: Cas;
  readonly seqnos: readonly number[];
}

/** The order of a bucket's mutations: CAS, and in each vBucket a sequence number. All collections share it. */
export class Sequence {
  readonly #seqnos = new Array<number>(vbucketCount).fill(0);
  readonly #cas: CasClock;
  #uuidBase = randomInt(1, uuidBases);

  constructor(nowMs: () => number) {
    this.#cas = new CasClock(nowMs);
  }

  /** All of it, as it is kept. */
  get state(): SequenceState {
    return { uuidBase: this.#uuidBase, cas: this.#cas.last, seqnos: this.#seqnos };
  }

  restore({ uuidBase, cas, seqnos }: SequenceState): void {
    this.#uuidBase = uuidBase;
    this.raiseCas(cas);
    for (const [vbucket, seqno] of seqnos.entries()) this.raiseSeqno(vbucket, seqno);
  }

  /** No CAS that is given from now on is this one, or before it, whatever the clock says. */
  raiseCas(cas: Cas): void {
    this.#cas.raise(cas);
  }

  raiseSeqno(vbucket: number, seqno: number): void {
    if (seqno > this.seqno(vbucket)) this.#seqnos[vbucket] = seqno;
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

  get uuidBase(): number {
    return this.#uuidBase;
  }

  /** Starts a new history. @param uuidBase of one that is known already */
  restart(uuidBase: number = randomInt(1, uuidBases)): void {
    this.#seqnos.fill(0);
    this.#uuidBase = uuidBase;
  }

  /** Starts another history where the last one may have lost its end: its numbers go on. */
  branch(): void {
    this.#uuidBase = randomInt(1, uuidBases);
  }
}
