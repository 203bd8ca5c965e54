import NProgress from 'nprogress';
import { useEffect, useState } from 'react';
import { io } from 'socket.io-client';
import { firstOrder, orderAfter, type Outcome, type Transport } from './transport-order.ts';

export interface Row {
  readonly key: string;
  readonly value: string;
  readonly id: string;
}

export interface Server {
  readonly instance: string;
  readonly machine: string;
  readonly startedAt: number;
  readonly periodMs: number;
  readonly couchbase: string;
  readonly memcached: string[];
}

export interface LiveRows {
  readonly connected: boolean;
  /** What carries the rows; undefined while not connected. */
  readonly transport: Transport | undefined;
  /** Attempts that failed since the page was last connected. */
  readonly failures: number;
  /** undefined until the first message. */
  readonly rows: Row[] | undefined;
  /** Ids that were not in the message before; none in the first. */
  readonly fresh: ReadonlySet<string>;
  /** This browser's time of the last good query, ms. */
  readonly updatedAt: number | undefined;
  readonly documents: number | undefined;
  readonly server: Server | undefined;
}

/** What the server sends, as it comes. A progress bar runs over every message. */
export function useLiveRows(): LiveRows {
  const [state, setState] = useState<LiveRows>(nothingYet);
  useEffect(() => {
    NProgress.configure({ showSpinner: false, trickleSpeed: 120 });
    const socket = io({
      transports: ['polling', 'websocket'],
      tryAllTransports: true,
      timeout: 5000,
      reconnectionDelayMax: 2000,
    });
    const { io: manager } = socket;
    const change = (part: Partial<LiveRows>): void => {
      setState((before) => ({ ...before, ...part }));
    };
    let order = firstOrder;
    let open: { by: Transport; at: number } | undefined;
    const learn = (outcome: Outcome): void => {
      order = orderAfter(order, outcome);
      manager.opts.transports = [...order.transports];
    };
    const carriedBy = (by: Transport): void => {
      open = { by, at: open?.at ?? performance.now() };
      change({ transport: by });
    };
    socket.on('connect', () => {
      open = undefined;
      carriedBy(nameOf(manager.engine.transport.name));
      change({ connected: true, failures: 0 });
      manager.engine.once('upgrade', ({ name }) => carriedBy(nameOf(name)));
    });
    socket.on('connect_error', () => {
      learn({ kind: 'refused' });
      setState((before) => ({ ...before, failures: before.failures + 1 }));
    });
    socket.on('disconnect', (reason) => {
      if (open) learn({ kind: 'lost', by: open.by, livedMs: performance.now() - open.at });
      open = undefined;
      change({ connected: false, transport: undefined });
      // The only end after which Socket.IO does not come back by itself.
      if (reason === 'io server disconnect') socket.connect();
    });
    socket.on('hello', (server: Server) => change({ server }));
    socket.on('message', (rows: Row[]) => {
      NProgress.start();
      setState((before) => ({ ...before, rows, fresh: newIds(before.rows, rows), updatedAt: Date.now() }));
      window.setTimeout(() => NProgress.done(), 300);
    });
    socket.on('counts', (counts: { documents: number; ageMs: number }) => {
      change({ documents: counts.documents, updatedAt: Date.now() - counts.ageMs });
    });
    return () => {
      socket.disconnect();
      NProgress.remove();
    };
  }, []);
  return state;
}

const nothingYet: LiveRows = {
  connected: false,
  transport: undefined,
  failures: 0,
  rows: undefined,
  fresh: new Set(),
  updatedAt: undefined,
  documents: undefined,
  server: undefined,
};

function nameOf(name: string): Transport {
  return name === 'websocket' ? 'websocket' : 'polling';
}

function newIds(before: readonly Row[] | undefined, now: readonly Row[]): ReadonlySet<string> {
  if (!before) return new Set();
  const known = new Set(before.map((row) => row.id));
  return new Set(now.map((row) => row.id).filter((id) => !known.has(id)));
}
