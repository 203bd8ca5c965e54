import type { CollectionsState } from './collections-state.ts';
import { DocumentStore } from './document-store.ts';
import type { Shared } from './shared.ts';

export interface Collection {
  readonly id: number;
  readonly name: string;
  /** Longest life of its documents, seconds: 0 for the bucket's, -1 for any. */
  readonly maxTtl: number;
}

/** What a collection is called, and where it is. */
export interface CollectionPath {
  readonly scope: string;
  readonly collection: string;
}

export interface Scope {
  readonly id: number;
  readonly name: string;
  readonly collections: ReadonlyMap<string, Collection>;
}

/** The scope and the collection that every bucket has. */
export const defaultName = '_default';

/** Ids below are the server's own (Couchbase "Collections: manifest"). */
const firstId = 8;

/** Bytes of their record, at most: names have up to 251. */
const bytesOfScope = 320;
const bytesOfCollection = 340;

/** A bucket's scopes and collections, each with its documents. Callers check names first; this only keeps them. */
export class Collections {
  /** Documents of the default collection. It always exists: whoever knows nothing of collections uses it. */
  readonly default: DocumentStore;
  readonly #shared: Shared;
  readonly #scopes = new Map<string, Scope & { readonly collections: Map<string, Collection> }>();
  readonly #stores = new Map<number, DocumentStore>();
  readonly #paths = new Map<number, CollectionPath>();
  #uid = 0;
  #nextScope = firstId;
  #nextCollection = firstId;

  constructor(shared: Shared) {
    this.#shared = shared;
    this.default = new DocumentStore(shared);
    this.#stores.set(0, this.default);
    this.#paths.set(0, { scope: defaultName, collection: defaultName });
    const collections = new Map([[defaultName, { id: 0, name: defaultName, maxTtl: 0 }]]);
    this.#scopes.set(defaultName, { id: 0, name: defaultName, collections });
  }

  /** Number of the manifest: grows with every change. */
  get uid(): number {
    return this.#uid;
  }

  /** In the order in which they were made, each with its collections. */
  get scopes(): readonly Scope[] {
    return [...this.#scopes.values()];
  }

  /** Documents of each collection, in the order in which the collections were made. */
  get stores(): readonly DocumentStore[] {
    return [...this.#stores.values()];
  }

  /** The same by the collections' ids. */
  get storesById(): ReadonlyMap<number, DocumentStore> {
    return this.#stores;
  }

  /** The scope of that name; undefined when there is none. */
  scope(name: string): Scope | undefined {
    return this.#scopes.get(name);
  }

  /** Documents of a collection, by its id. */
  store(id: number): DocumentStore | undefined {
    return this.#stores.get(id);
  }

  /** Names of a collection and its scope, by its id. */
  path(id: number): CollectionPath | undefined {
    return this.#paths.get(id);
  }

  /** All of it, as it is kept. */
  get state(): CollectionsState {
    return {
      uid: this.#uid,
      nextScope: this.#nextScope,
      nextCollection: this.#nextCollection,
      scopes: this.scopes.map(({ id, name, collections }) => ({ id, name, collections: [...collections.values()] })),
    };
  }

  /** What there was before and is no more goes with its documents. */
  restore({ uid, nextScope, nextCollection, scopes }: CollectionsState): void {
    this.#uid = uid;
    this.#nextScope = nextScope;
    this.#nextCollection = nextCollection;
    const wanted = new Set(scopes.flatMap(({ collections }) => collections.map(({ id }) => id)));
    for (const id of [...this.#stores.keys()]) if (!wanted.has(id)) this.#dropStore(id);
    this.#scopes.clear();
    for (const scope of scopes) {
      this.#scopes.set(scope.name, {
        id: scope.id,
        name: scope.name,
        collections: new Map(scope.collections.map((collection) => [collection.name, collection])),
      });
      for (const { id, name, maxTtl } of scope.collections) {
        const store = this.#stores.get(id);
        if (store === undefined) this.#stores.set(id, new DocumentStore(this.#shared, id, maxTtl));
        else store.maxTtl = maxTtl;
        this.#paths.set(id, { scope: scope.name, collection: name });
      }
    }
  }

  /** Makes a scope without collections. @throws LabError `state.disk-full` when it cannot be recorded; nothing is changed then */
  createScope(name: string): void {
    this.#change(() => {
      this.#scopes.set(name, { id: this.#nextScope++, name, collections: new Map() });
    });
  }

  /** Drops a scope with its collections and their documents. */
  dropScope(name: string): void {
    this.#change(() => {
      for (const { id } of this.#scopes.get(name)?.collections.values() ?? []) this.#dropStore(id);
      this.#scopes.delete(name);
    });
  }

  /**
   * Makes an empty collection in a scope that is there.
   * @param maxTtl longest life of its documents, seconds: 0 for the bucket's, -1 for any
   * @throws LabError `state.disk-full` when it cannot be recorded; nothing is changed then
   */
  createCollection(scope: string, name: string, maxTtl: number): void {
    this.#change(() => {
      const id = this.#nextCollection++;
      this.#scopes.get(scope)?.collections.set(name, { id, name, maxTtl });
      this.#stores.set(id, new DocumentStore(this.#shared, id, maxTtl));
      this.#paths.set(id, { scope, collection: name });
    });
  }

  /** Gives a collection another longest life; of the documents that are there only those that are written again heed it. */
  changeCollection(scope: string, name: string, maxTtl: number): void {
    const collections = this.#scopes.get(scope)?.collections;
    const before = collections?.get(name);
    if (before === undefined) return;
    this.#change(() => {
      collections?.set(name, { id: before.id, name, maxTtl });
      const store = this.#stores.get(before.id);
      if (store !== undefined) store.maxTtl = maxTtl;
    });
  }

  /**
   * Drops a collection with its documents, if it is there.
   * @throws LabError `state.disk-full` when it cannot be recorded; nothing is changed then
   */
  dropCollection(scope: string, name: string): void {
    const collections = this.#scopes.get(scope)?.collections;
    const dropped = collections?.get(name);
    if (dropped === undefined) return;
    this.#change(() => {
      collections?.delete(name);
      this.#dropStore(dropped.id);
    });
  }

  /** @throws LabError `state.disk-full` when it cannot be recorded; nothing is changed then */
  #change(make: () => void): void {
    const { journal } = this.#shared;
    journal?.require(bytesOfScope * this.#scopes.size + bytesOfCollection * (this.#stores.size + 1));
    make();
    this.#uid += 1;
    journal?.collections(this.state);
  }

  #dropStore(id: number): void {
    this.#stores.get(id)?.clear();
    this.#stores.delete(id);
    this.#paths.delete(id);
  }
}
