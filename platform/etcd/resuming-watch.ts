import type { LabError } from '#errors/lab-error.ts';
import type { WatchStream } from './connection.ts';
import { etcdFailure } from './etcd-failure.ts';
import type { Requester } from './requester.ts';
import type { WatchHandlers } from './store.ts';
import { wire, type WatchMessage } from './wire.ts';

/**
 * One watch over any number of streams. It remembers the first revision not yet seen and opens each new stream there, so that
 * events are neither lost nor doubled. A stream whose wanted history was compacted goes on from the present: `onResync` is called
 * once the new stream is confirmed, so a list made in it or later has no gap to the events (ignore events up to its revision).
 */
export class ResumingWatch {
  /** Resolves when the first stream is confirmed; rejects when none was for 2.5 times the members' timeout. */
  readonly ready: Promise<void>;
  readonly #members: Requester;
  readonly #prefix: string;
  readonly #handlers: WatchHandlers;
  readonly #giveUpAt: number;
  #next: number | undefined;
  #stream: WatchStream | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;
  #isResyncDue = false;
  #isAway = false;
  #failures = 0;
  #settleReady: { resolve(): void; reject(e: Error): void } | undefined;

  /** Opens the first stream. @param fromRevision the first one that is wanted; undefined: what comes from now on */
  constructor(members: Requester, prefix: string, handlers: WatchHandlers, fromRevision: number | undefined) {
    this.#members = members;
    this.#prefix = prefix;
    this.#handlers = handlers;
    this.#next = fromRevision;
    this.#giveUpAt = performance.now() + members.timeoutMs * 2.5;
    this.ready = new Promise<void>((resolve, reject) => (this.#settleReady = { resolve, reject }));
    this.#open();
  }

  /** No event comes any more. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#stream?.cancel();
  }

  #open(): void {
    const connection = this.#members.current();
    // A stream that is never confirmed (member without leader, connection that hangs) must not be waited for for ever.
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => this.#retry(unanswered(connection, 'not confirmed in time')),
      this.#members.timeoutMs,
    );
    this.#stream = connection.watch(wire.watchRequest(connection.bytes, this.#prefix, this.#next), {
      onMessage: (message) => this.#receive(wire.readWatch(connection.bytes, message)),
      onEnd: (error) => this.#retry(error),
    });
  }

  #receive(message: WatchMessage): void {
    if (this.#isClosed) return;
    if (message.canceled) {
      this.#cancelled(message);
      return;
    }
    if (message.created) this.#confirmed(message);
    for (const event of message.events) {
      this.#next = event.revision + 1;
      this.#handlers.onEvent(event);
      if (this.#isClosed) return;
    }
    // Progress notice: everything up to its revision has been delivered (etcd API guarantees, "Watch").
    if (!message.created && message.events.length === 0) this.#next = Math.max(this.#next ?? 0, message.revision + 1);
  }

  #cancelled({ compactRevision, cancelReason }: WatchMessage): void {
    if (compactRevision === 0) {
      this.#retry(unanswered(this.#members.current(), cancelReason || 'cancelled'));
      return;
    }
    this.#next = undefined;
    this.#isResyncDue = true;
    this.#stream?.cancel();
    this.#open();
  }

  #confirmed(message: WatchMessage): void {
    clearTimeout(this.#timer);
    this.#failures = 0;
    this.#isAway = false;
    this.#next ??= message.revision + 1;
    this.#settleReady?.resolve();
    this.#settleReady = undefined;
    if (!this.#isResyncDue) return;
    this.#isResyncDue = false;
    this.#handlers.onResync?.();
  }

  #retry(error: Error): void {
    if (this.#isClosed) return;
    this.#stream?.cancel();
    clearTimeout(this.#timer);
    const isFirst = this.#settleReady !== undefined;
    if (isFirst && performance.now() > this.#giveUpAt) {
      this.#isClosed = true;
      this.#settleReady?.reject(error);
      return;
    }
    if (!this.#isAway && !isFirst) this.#handlers.onDisconnect?.(error);
    this.#isAway = true;
    this.#members.rotate();
    this.#timer = setTimeout(() => this.#open(), isFirst && isRefused(error) ? 50 : backoffMs(this.#failures++));
  }
}

function unanswered({ endpoint }: { readonly endpoint: string }, why: string): LabError {
  return etcdFailure('timeout.etcd', endpoint, 'watch', why);
}

/** 50 ms doubling to 1 s, the upper half random: three daemons must not come back in step. */
function backoffMs(failures: number): number {
  const full = Math.min(1000, 100 * 2 ** failures);
  return full / 2 + Math.random() * (full / 2);
}

function isRefused(error: Error): boolean {
  return (error as LabError).code === 'timeout.etcd-connect';
}
