import NProgress from 'nprogress';
import { useEffect, useState } from 'react';
import { io } from 'socket.io-client';

export interface Row {
  key: string;
  value: string;
  id: string;
}

export interface Server {
  instance: string;
  machine: string;
  startedAt: number;
  periodMs: number;
  couchbase: string;
  memcached: string[];
}

export interface LiveRows {
  connected: boolean;
  /** undefined until the first message. */
  rows: Row[] | undefined;
  /** Ids that were not in the message before; none in the first. */
  fresh: ReadonlySet<string>;
  /** This browser's time of the last good query, ms. */
  updatedAt: number | undefined;
  documents: number | undefined;
  server: Server | undefined;
}

/** What the server sends, as it comes. A progress bar runs over every message. */
export function useLiveRows(): LiveRows {
  const [state, setState] = useState<LiveRows>(nothingYet);
  useEffect(() => {
    NProgress.configure({ showSpinner: false, trickleSpeed: 120 });
    const socket = io({ transports: ['websocket', 'polling'], reconnectionDelayMax: 2000 });
    const change = (part: Partial<LiveRows>): void => {
      setState((before) => ({ ...before, ...part }));
    };
    socket.on('connect', () => change({ connected: true }));
    socket.on('disconnect', (reason) => {
      change({ connected: false });
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
  rows: undefined,
  fresh: new Set(),
  updatedAt: undefined,
  documents: undefined,
  server: undefined,
};

function newIds(before: readonly Row[] | undefined, now: readonly Row[]): ReadonlySet<string> {
  if (!before) return new Set();
  const known = new Set(before.map((row) => row.id));
  return new Set(now.map((row) => row.id).filter((id) => !known.has(id)));
}
