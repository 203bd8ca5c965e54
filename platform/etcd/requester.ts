import { LabError } from '#errors/lab-error.ts';
import type { Connection } from './connection.ts';
import { isEtcdAway } from './etcd-failure.ts';
import type { ByteForm, WireMethod } from './wire.ts';

export interface Requester {
  readonly bytes: ByteForm;
  /** Per request, ms. */
  readonly timeoutMs: number;
  /** The member that the next request goes to. */
  current(): Connection;
  /** Give up the current member for the next one. */
  rotate(): void;
  /** Sends one request, to the next members too (see `requester`). Rejects with the last one's LabError. */
  request(method: WireMethod, request: object, kind: 'read' | 'write'): Promise<unknown>;
}

/**
 * Sends each request to one member and, when that fails, to the next: a read whatever the reason, a write only when it surely
 * was not sent (a repeated transaction could see its own first try). One round at most, 2.5 times the request timeout in all.
 */
export function requester(connections: readonly Connection[], timeoutMs: number): Requester {
  let index = 0;
  const current = (): Connection => {
    const connection = connections[index % connections.length];
    if (!connection) {
      throw new LabError({
        code: 'usage.etcd-endpoints',
        cause: 'no etcd endpoint given',
        next: 'give at least one endpoint',
      });
    }
    return connection;
  };
  const rotate = () => {
    index = (index + 1) % connections.length;
  };
  return {
    bytes: current().bytes,
    timeoutMs,
    current,
    rotate,
    async request(method, request, kind) {
      const endAt = performance.now() + timeoutMs * 2.5;
      for (let attempt = 1; ; attempt++) {
        const connection = current();
        try {
          return await connection.call(method, request, Math.min(timeoutMs, endAt - performance.now()));
        } catch (error) {
          if (!isEtcdAway(error)) throw error;
          if (connection === current()) rotate();
          const repeatable = kind === 'read' || (error as LabError).code === 'timeout.etcd-connect';
          if (!repeatable || attempt >= connections.length || endAt - performance.now() < 50) throw error;
        }
      }
    },
  };
}
