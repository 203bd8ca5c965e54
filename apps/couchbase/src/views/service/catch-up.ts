import type { DocumentStore } from '../../bucket/document-store.ts';
import type { Done, Item, Request } from '../indexer/messages.ts';
import { viewLimits } from '../limits.ts';
import { itemOf } from './item.ts';

/** One update of a view's index: hands over documents, a batch at a time, until the index is where the bucket was when it began. */
export class CatchUp {
  readonly #store: DocumentStore;
  readonly #view: number;
  readonly #send: (request: Request) => Promise<Done>;
  /** Documents whose map function failed, and the first of them with the reason. */
  leftOut = 0;
  example = '';

  /** @param view the number that requests name the view by */
  constructor(store: DocumentStore, view: number, send: (request: Request) => Promise<Done>) {
    this.#store = store;
    this.#view = view;
    this.#send = send;
  }

  /** @param seqno where the index is; undefined when there is none @returns where it is then */
  async from(seqno: number | undefined): Promise<number> {
    const until = this.#store.changes.head;
    let at = seqno;
    while (at === undefined || at < until) at = at === undefined ? await this.#build() : await this.#follow(at, until);
    return at;
  }

  async #build(): Promise<number> {
    const from = this.#store.changes.follow();
    await this.#send({ op: 'begin', view: this.#view, fresh: true });
    let keys: string[] = [];
    // Keys made meanwhile may be missed: the change log tells them.
    for (const key of this.#store.keys()) {
      if (keys.push(key) < viewLimits.batchDocuments) continue;
      await this.#map(keys);
      keys = [];
    }
    await this.#map(keys);
    await this.#send({ op: 'commit', view: this.#view });
    return from;
  }

  /** Undefined when the change log does not reach back so far. */
  async #follow(from: number, until: number): Promise<number | undefined> {
    await this.#send({ op: 'begin', view: this.#view, fresh: false });
    let at = from;
    while (at < until) {
      const changes = this.#store.changes.since(at, viewLimits.batchDocuments);
      if (changes === 'lost') return undefined;
      await this.#map([...changes.keys]);
      at = changes.upTo;
    }
    await this.#send({ op: 'commit', view: this.#view });
    return at;
  }

  async #map(keys: readonly string[]): Promise<void> {
    for (let at = 0; at < keys.length;) {
      const items = this.#batch(keys, at);
      const reply = await this.#send({ op: 'map', view: this.#view, items });
      if (reply.kind !== 'done' || reply.taken < 1) throw new TypeError('a batch was answered without progress');
      if (this.leftOut === 0) this.example = reply.example;
      this.leftOut += reply.leftOut;
      at += reply.taken;
    }
  }

  #batch(keys: readonly string[], from: number): Item[] {
    const items: Item[] = [];
    let bytes = 0;
    for (const key of keys.slice(from)) {
      const item = itemOf(this.#store, key);
      items.push(item);
      bytes += item.value?.length ?? 0;
      if (bytes >= viewLimits.batchBytes) break;
    }
    return items;
  }
}
