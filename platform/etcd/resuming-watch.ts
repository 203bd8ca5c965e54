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
export function resumingWatch(
  members: Requester,
  prefix: string,
  handlers: WatchHandlers,
  fromRevision: number | undefined,
): { readonly ready: Promise<void>; close(): void } {
  let next = fromRevision;
  let stream: WatchStream | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  let resyncDue = false;
  let away = false;
  let failures = 0;
  let settleReady: { resolve(): void; reject(e: Error): void } | undefined;
  const ready = new Promise<void>((resolve, reject) => (settleReady = { resolve, reject }));
  const giveUpAt = performance.now() + members.timeoutMs * 2.5;

  const open = () => {
    const connection = members.current();
    // A stream that is never confirmed (member without leader, connection that hangs) must not be waited for for ever.
    clearTimeout(timer);
    timer = setTimeout(
      () => retry(etcdFailure('timeout.etcd', connection.endpoint, 'watch', 'not confirmed in time')),
      members.timeoutMs,
    );
    stream = connection.watch(wire.watchRequest(connection.bytes, prefix, next), {
      onMessage: (message) => receive(wire.readWatch(connection.bytes, message)),
      onEnd: retry,
    });
  };

  const receive = (message: WatchMessage) => {
    if (closed) return;
    if (message.canceled) {
      if (message.compactRevision === 0) {
        return retry(
          etcdFailure('timeout.etcd', members.current().endpoint, 'watch', message.cancelReason || 'cancelled'),
        );
      }
      next = undefined;
      resyncDue = true;
      stream?.cancel();
      return open();
    }
    if (message.created) confirmed(message);
    for (const event of message.events) {
      next = event.revision + 1;
      handlers.onEvent(event);
      if (closed) return;
    }
    // Progress notice: everything up to its revision has been delivered (etcd API guarantees, "Watch").
    if (!message.created && message.events.length === 0) next = Math.max(next ?? 0, message.revision + 1);
  };

  const confirmed = (message: WatchMessage) => {
    clearTimeout(timer);
    failures = 0;
    away = false;
    next ??= message.revision + 1;
    settleReady?.resolve();
    settleReady = undefined;
    if (resyncDue) {
      resyncDue = false;
      handlers.onResync?.();
    }
  };

  const retry = (error: Error) => {
    if (closed) return;
    stream?.cancel();
    clearTimeout(timer);
    if (settleReady && performance.now() > giveUpAt) {
      closed = true;
      return settleReady.reject(error);
    }
    if (!away && !settleReady) handlers.onDisconnect?.(error);
    away = true;
    members.rotate();
    timer = setTimeout(open, settleReady && isRefused(error) ? 50 : backoffMs(failures++));
  };

  open();
  return {
    ready,
    close() {
      closed = true;
      clearTimeout(timer);
      stream?.cancel();
    },
  };
}

/** 50 ms doubling to 1 s, the upper half random: three daemons must not come back in step. */
function backoffMs(failures: number): number {
  const full = Math.min(1000, 100 * 2 ** failures);
  return full / 2 + Math.random() * (full / 2);
}

function isRefused(error: Error): boolean {
  return (error as LabError).code === 'timeout.etcd-connect';
}
