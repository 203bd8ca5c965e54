import { randomInt } from 'node:crypto';
import type { Cas } from '../wire/cas.ts';
import { CasClock } from './cas-clock.ts';
import { Histories, type History } from './histories.ts';
import { vbucketCount } from './vbucket.ts';

/** Largest base of UUIDs that leaves them exact as numbers (`randomInt` takes up to 2^48). */
const uuidBases = 2 ** 47;

/** What a sequence is made again from. */
export interface SequenceState {
  readonly uuidBase: number;
  readonly cas: Cas;
  readonly seqnos: readonly number[];
  /** The present one first. What was kept before there was more than one has none. */
  readonly histories?: readonly History[];
  readonly purged?: readonly number[];
}

/** The order of a bucket's mutations: CAS, and in each vBucket a sequence number. All collections share it. */
export class Sequence {
  readonly #seqnos = new Array<number>(vbucketCount).fill(0);
  readonly #cas: CasClock;
  #histories = new Histories(randomInt(1, uuidBases));
  /** Of each vBucket the last deletion that is forgotten. */
  readonly #purged = new Array<number>(vbucketCount).fill(0);

  /** @param nowMs wall clock, milliseconds since 1970 */
  constructor(nowMs: () => number) {
    this.#cas = new CasClock(nowMs);
  }

  /** All of it, as it is kept. */
  get state(): SequenceState {
    const { uuidBase, list } = this.#histories;
    return { uuidBase, cas: this.#cas.last, seqnos: this.#seqnos, histories: list, purged: this.#purged };
  }

  /** Goes on from what was kept: its histories are those, and its numbers no lower than they were. */
  restore({ uuidBase, cas, seqnos, histories, purged = [] }: SequenceState): void {
    this.#histories.restore(histories ?? [{ uuidBase, behind: [] }]);
    this.raiseCas(cas);
    for (const [vbucket, seqno] of purged.entries()) this.notePurge(vbucket, seqno);
    for (const [vbucket, seqno] of seqnos.entries()) this.raiseSeqno(vbucket, seqno);
  }

  /** No CAS that is given from now on is this one, or before it, whatever the clock says. */
  raiseCas(cas: Cas): void {
    this.#cas.raise(cas);
  }

  /** The vBucket's next number comes after this one; one that is lower than its last changes nothing. */
  raiseSeqno(vbucket: number, seqno: number): void {
    if (seqno > this.seqno(vbucket)) this.#seqnos[vbucket] = seqno;
  }

  /** A CAS above every one that was given before. */
  nextCas(): Cas {
    return this.#cas.next();
  }

  /** The vBucket's last number. */
  seqno(vbucket: number): number {
    return this.#seqnos[vbucket] ?? 0;
  }

  /** Gives the number after the vBucket's last, which it is from then on. */
  nextSeqno(vbucket: number): number {
    const seqno = this.seqno(vbucket) + 1;
    this.#seqnos[vbucket] = seqno;
    return seqno;
  }

  /** Tells the vBucket's histories apart: another one after a restart or a flush says that what was acknowledged before is gone. */
  vbucketUuid(vbucket: number): number {
    return this.#histories.uuidBase + vbucket;
  }

  /** Of the present history: see `vbucketUuid`. */
  get uuidBase(): number {
    return this.#histories.uuidBase;
  }

  /** What there was before, the present one first: the failover logs that consumers of changes are told. */
  get histories(): Histories {
    return this.#histories;
  }

  /** The last deletion of a vBucket that is forgotten: who has not heard of it has to begin anew. */
  purgedSeqno(vbucket: number): number {
    return this.#purged[vbucket] ?? 0;
  }

  /** The vBucket's deletion of that number is forgotten; see `purgedSeqno`. */
  notePurge(vbucket: number, seqno: number): void {
    if (seqno > this.purgedSeqno(vbucket)) this.#purged[vbucket] = seqno;
  }

  /** Starts a new history. @param uuidBase of one that is known already */
  restart(uuidBase: number = randomInt(1, uuidBases)): void {
    this.#seqnos.fill(0);
    this.#purged.fill(0);
    this.#histories = new Histories(uuidBase);
  }

  /**
   * Starts another history where the last one may have lost its end, or goes on elsewhere: its numbers go on.
   * @param behind numbers up to which the last one is whole
   */
  branch(behind: readonly number[] = this.#seqnos): void {
    this.#histories.branch(randomInt(1, uuidBases), behind);
  }
}
