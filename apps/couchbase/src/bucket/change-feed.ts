import type { Document } from './document.ts';

/** Who hears of each change of a bucket when it is made. */
export interface ChangeListener {
  /** A document was stored, or a tombstone left. It is not yet in the log then. */
  changed(collection: number, document: Document): void;
  /** Everything is gone, and another history has begun. */
  restarted(): void;
}

/** Tells every change of a bucket, in the order of the changes. */
export class ChangeFeed {
  #listeners: readonly ChangeListener[] = [];

  /** @returns ends it */
  subscribe(listener: ChangeListener): () => void {
    this.#listeners = [...this.#listeners, listener];
    return () => void (this.#listeners = this.#listeners.filter((other) => other !== listener));
  }

  /** Tells every listener, before it returns, of a document that was stored or a tombstone that was left. */
  changed(collection: number, document: Document): void {
    if (this.#listeners.length === 0) return;
    for (const listener of this.#listeners) listener.changed(collection, document);
  }

  /** Tells every listener, before it returns, that everything is gone and another history has begun. */
  restarted(): void {
    for (const listener of this.#listeners) listener.restarted();
  }
}
