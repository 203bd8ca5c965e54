import { io, type Socket } from 'socket.io-client';
import { appTimers } from '../prediction/stated-timers.ts';
import { retryMs } from './probe-timers.ts';
import type { Probe, ProbeContext } from './probe.ts';

const connectDeadlineMs = 1_000;
/** How often the web app tells its rows, ms, until its `hello` says. */
const usualPeriodMs = appTimers.queryMs;

interface Visitor {
  readonly machine: string;
  readonly socket: Socket;
  /** Monotonic ms of the newest message, or of the connection when there was none yet. */
  newestMs: number;
  periodMs: number;
  /** Before its first connection, and no longer than that may take, it says nothing: a visitor who has just come. */
  arriving: boolean;
}

/**
 * A visitor's open page on each machine: a Socket.IO client that tells every message and whose state is looked at in turn.
 * A sample is good when it is connected and the newest message is at most three periods old (what the web app itself calls
 * fresh); its `ms` is the age of that message.
 */
export function socketProbe({ settings, clock, report, tell }: ProbeContext): Probe {
  const visitors = settings.pages.map(({ machine, host, port }): Visitor => {
    const socket = io(`http://${host}:${port}`, {
      transports: ['websocket'],
      autoConnect: false,
      forceNew: true,
      timeout: connectDeadlineMs,
      reconnectionDelay: retryMs.socket,
      reconnectionDelayMax: retryMs.socket,
      randomizationFactor: 0,
    });
    return { machine, socket, newestMs: clock.now(), periodMs: usualPeriodMs, arriving: true };
  });
  for (const visitor of visitors) {
    const { machine, socket } = visitor;
    socket.on('connect', () => {
      visitor.arriving = false;
      visitor.newestMs = clock.now();
      tell({ type: 'page-connected', wallMs: clock.wall(), data: { machine } });
    });
    socket.on('disconnect', (reason) =>
      tell({ type: 'page-disconnected', wallMs: clock.wall(), data: { machine, reason } }),
    );
    socket.on('hello', (hello: unknown) => (visitor.periodMs = periodOf(hello)));
    socket.on('message', (message: unknown) => {
      visitor.newestMs = clock.now();
      tell({ type: 'page-message', wallMs: clock.wall(), data: { machine, ...rowsOf(message) } });
    });
  }
  let turn = 0;
  return {
    name: 'socket',
    trouble: () => (visitors.length === 0 ? 'no machine to ask' : undefined),
    ask: () => {
      for (const one of visitors) {
        if (one.socket.active) continue;
        if (one.arriving) one.newestMs = clock.now();
        one.socket.connect();
      }
      const visitor = visitors[turn % visitors.length];
      if (visitor === undefined) return;
      turn += 1;
      const { machine, socket, periodMs } = visitor;
      const ms = Math.round(clock.now() - visitor.newestMs);
      if (visitor.arriving && ms < connectDeadlineMs) return;
      const error = !socket.connected ? 'not connected' : ms > 3 * periodMs ? 'no fresh message' : undefined;
      const ok = error === undefined;
      report({ probe: 'socket', wallMs: clock.wall(), ms, ok, machine, ...(!ok && { error }) });
    },
    // A look at a page is answered at once.
    finish: () => Promise.resolve(),
    disconnect: () => {
      for (const { socket } of visitors) socket.disconnect();
    },
  };
}

function periodOf(hello: unknown): number {
  const period = typeof hello === 'object' && hello !== null && 'periodMs' in hello ? hello.periodMs : undefined;
  return typeof period === 'number' && period > 0 ? period : usualPeriodMs;
}

/** A message is the page's rows: an array of `{ key, value }`, newest event id first. */
function rowsOf(message: unknown): { rows: number; firstKey: string | null } {
  const rows: unknown[] = Array.isArray(message) ? message : [];
  const first = rows[0];
  const key = typeof first === 'object' && first !== null && 'key' in first ? first.key : null;
  return { rows: rows.length, firstKey: key === null ? null : JSON.stringify(key) };
}
