import type { Keyspace } from '#platform/etcd/memory/keyspace.ts';
import { failureFromStatus } from '#platform/etcd/etcd-failure.ts';
import type { Agenda, Cancel } from '../world/agenda.ts';
import { header, writeEvents } from './wire-requests.ts';

/** The way back of one watch: what is sent arrives in order, or the stream is over. */
export interface WatchOutlet {
  send(message: object): void;
  end(failure: Error): void;
}

interface Watcher {
  readonly prefix: string;
  readonly outlet: WatchOutlet;
  /** First revision that it has not been told of. */
  next: number;
  progress: Cancel;
}

/** A watch on which nothing happens is told the revision so often (etcd's default of --experimental-watch-progress-notify-interval). */
const progressMs = 600_000;

/** The watches through one member, fed from its own copy. */
export class Watchers {
  readonly #agenda: Agenda;
  readonly #keys: Keyspace;
  readonly #watchers = new Set<Watcher>();

  constructor(agenda: Agenda, keys: Keyspace) {
    this.#agenda = agenda;
    this.#keys = keys;
  }

  /** @param from first revision that is wanted; undefined: what comes from now on. @returns closes it */
  open(prefix: string, from: number | undefined, outlet: WatchOutlet): () => void {
    outlet.send({ created: true, header: header(this.#keys.revision()) });
    const next = from ?? this.#keys.revision() + 1;
    if (next < this.#keys.oldest()) {
      outlet.send({
        canceled: true,
        compact_revision: String(this.#keys.oldest()),
        header: header(this.#keys.revision()),
      });
      return () => {};
    }
    const watcher: Watcher = { prefix, outlet, next, progress: () => {} };
    this.#watchers.add(watcher);
    this.#tell(watcher);
    this.#expectProgress(watcher);
    return () => this.#close(watcher);
  }

  /** The member has applied something. */
  tellAll(): void {
    for (const watcher of this.#watchers) this.#tell(watcher);
  }

  /** The member has stopped, or knows of no leader. */
  endAll(endpoint: string, message: string): void {
    for (const watcher of this.#watchers) {
      this.#close(watcher);
      watcher.outlet.end(failureFromStatus(unavailable, message, endpoint, 'watch'));
    }
  }

  #tell(watcher: Watcher): void {
    const revision = this.#keys.revision();
    if (watcher.next > revision) return;
    const wanted = this.#keys.history(watcher.next).filter(({ key }) => key.startsWith(watcher.prefix));
    watcher.next = revision + 1;
    for (let i = 0; i < wanted.length;) {
      const at = wanted[i]?.revision;
      const together = wanted.slice(i).filter((event) => event.revision === at);
      watcher.outlet.send(writeEvents(together, revision));
      i += together.length;
    }
    if (wanted.length > 0) this.#expectProgress(watcher);
  }

  #expectProgress(watcher: Watcher): void {
    watcher.progress();
    watcher.progress = this.#agenda.after(progressMs, () => {
      watcher.outlet.send({ header: header(this.#keys.revision()) });
      this.#expectProgress(watcher);
    });
  }

  #close(watcher: Watcher): void {
    watcher.progress();
    this.#watchers.delete(watcher);
  }
}

/** gRPC's UNAVAILABLE. */
const unavailable = 14;
