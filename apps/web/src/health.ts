import { connect } from 'node:net';

export interface Health {
  /** degraded: the page works but sessions may be lost; down: the page shows nothing new. */
  readonly status: 'ok' | 'degraded' | 'down';
  readonly instance: string;
  readonly machine: string;
  readonly uptimeMs: number;
  readonly couchbase: { connection: string; ok: boolean; error?: string };
  readonly memcached: { address: string; ok: boolean }[];
  /** Age of the newest good answer of the view, ms; null before the first. */
  readonly lastRowsAgeMs: number | null;
  readonly documents: number | null;
  readonly clients: number;
  readonly sessions: { store: string; failures: number; lastFailure?: { at: number; message: string } | undefined };
}

/** The verdict over the parts: what a load balancer may send visitors to is `ok` or `degraded` (HTTP 200). */
export function verdict(parts: Omit<Health, 'status'>, staleAfterMs: number): Health {
  const fresh = parts.lastRowsAgeMs !== null && parts.lastRowsAgeMs <= staleAfterMs;
  const sessions = parts.memcached.every((server) => server.ok);
  return { status: !parts.couchbase.ok || !fresh ? 'down' : sessions ? 'ok' : 'degraded', ...parts };
}

/** Whether a memcached answers `version` (memcached's protocol.txt, text protocol) within `deadlineMs`. */
export function memcachedAnswers(address: string, deadlineMs = 300): Promise<boolean> {
  const at = address.lastIndexOf(':');
  return new Promise((resolve) => {
    const socket = connect({ host: address.slice(0, at), port: Number(address.slice(at + 1)) });
    const finish = (answered: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answered);
    };
    const timer = setTimeout(() => {
      finish(false);
    }, deadlineMs);
    socket.once('connect', () => socket.write('version\r\n'));
    socket.once('data', (data) => {
      finish(data.toString().startsWith('VERSION'));
    });
    socket.once('error', () => {
      finish(false);
    });
  });
}
