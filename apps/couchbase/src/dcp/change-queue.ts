import { documentBytes, type Document } from '../bucket/document.ts';

/** A document or tombstone, with the number of its collection. */
export interface Change {
  readonly collection: number;
  readonly document: Document;
}

/** Changes in their order, with what they weigh. */
export class ChangeQueue {
  #changes: Change[] = [];
  #at = 0;
  #bytes = 0;

  /** Nothing waits. */
  get isEmpty(): boolean {
    return this.#at === this.#changes.length;
  }

  /** Of the documents in it. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Puts a change at the end. */
  push(change: Change): void {
    this.#changes.push(change);
    this.#bytes += documentBytes(change.document);
  }

  /** Takes out the oldest; undefined when nothing waits. */
  shift(): Change | undefined {
    const change = this.#changes[this.#at];
    if (change === undefined) return undefined;
    this.#at += 1;
    this.#bytes -= documentBytes(change.document);
    if (this.isEmpty) this.clear();
    return change;
  }

  /** Takes out all. */
  clear(): void {
    this.#changes = [];
    this.#at = 0;
    this.#bytes = 0;
  }
}
