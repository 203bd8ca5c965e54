import { gatewayStore } from '#platform/etcd/gateway-store.ts';
import type { EtcdStore, StoreEvent } from '#platform/etcd/store.ts';
import type { SeenCommit } from '../recording.ts';

interface Told {
  readonly seenAt: number;
  readonly events: StoreEvent[];
}

interface AtMember {
  readonly endpoint: string;
  readonly store: EtcdStore;
}

/** One watch at each member of etcd: whichever is reached tells of a revision first, and what nobody told at the time is told later. */
export class CommitWatch {
  readonly gaps: string[] = [];
  readonly #now: () => number;
  readonly #stores: readonly AtMember[];
  readonly #told = new Map<number, Told>();
  readonly #silent = new Set<string>();
  #silentSince: number | undefined;

  /** @param now ms since the recording began */
  constructor(endpoints: readonly string[], now: () => number) {
    this.#now = now;
    this.#stores = endpoints.map((endpoint) => ({ endpoint, store: gatewayStore({ endpoints: [endpoint] }) }));
  }

  /**
   * Resolves when every member has confirmed.
   * @param revision the last one that is known already
   * @throws LabError `timeout.etcd`
   */
  async start(prefix: string, revision: number): Promise<void> {
    const begin = async ({ endpoint, store }: AtMember): Promise<void> => {
      const seen = new Map<number, StoreEvent[]>();
      await store.watch(
        prefix,
        {
          onEvent: (event) => this.#take(event, seen, endpoint),
          onDisconnect: () => this.#loses(endpoint),
          onResync: () => this.gaps.push(`${endpoint} has compacted what it had not told yet`),
        },
        revision + 1,
      );
    };
    await Promise.all(this.#stores.map(begin));
  }

  /** What has been told, in etcd's order. */
  commits(): SeenCommit[] {
    const all = [...this.#told].sort(([a], [b]) => a - b);
    return all.map(([revision, { seenAt, events }]) => ({
      revision,
      seenAt,
      writes: events.map(({ key, value, type }) => ({ key, after: type === 'put' ? value : undefined })),
    }));
  }

  /** Ends every watch; what was seen stays. */
  async close(): Promise<void> {
    await Promise.all(this.#stores.map(({ store }) => store.close()));
  }

  #take(event: StoreEvent, seen: Map<number, StoreEvent[]>, endpoint: string): void {
    this.#hears(endpoint);
    const known = seen.get(event.revision);
    if (known !== undefined) return void known.push(event);
    const events = [event];
    seen.set(event.revision, events);
    if (!this.#told.has(event.revision)) this.#told.set(event.revision, { seenAt: this.#now(), events });
  }

  #loses(endpoint: string): void {
    this.#silent.add(endpoint);
    if (this.#silent.size === this.#stores.length) this.#silentSince ??= this.#now();
  }

  #hears(endpoint: string): void {
    this.#silent.delete(endpoint);
    if (this.#silentSince === undefined) return;
    const [from, to] = [this.#silentSince, this.#now()].map((ms) => (ms / 1000).toFixed(3));
    this.gaps.push(
      `no member of etcd was heard from ${from} to ${to} s: what was written then has its order, and a later time`,
    );
    this.#silentSince = undefined;
  }
}
