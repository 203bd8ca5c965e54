import { io, type Socket } from 'socket.io-client';
import type { EventLog } from '../event-log.ts';

const retryMs = 200;
const connectDeadlineMs = 1_000;

/** A visitor's page on one machine: a real Socket.IO client that logs every message it is sent. */
export interface PageProbe {
  stop(): void;
}

/** Logs `page-connected`, `page-disconnected` and `page-message` (rows, first keys, instance) events. */
export function startPageProbe(log: EventLog, machine: string, url: string): PageProbe {
  const socket: Socket = io(url, {
    transports: ['websocket'],
    reconnectionDelay: retryMs,
    reconnectionDelayMax: retryMs,
    randomizationFactor: 0,
    timeout: connectDeadlineMs,
  });
  socket.on('connect', () => log.add('page-connected', { machine }));
  socket.on('disconnect', (reason) => log.add('page-disconnected', { machine, reason }));
  socket.on('message', (message: unknown) => log.add('page-message', { machine, ...summary(message) }));
  return { stop: () => socket.disconnect() };
}

/** A message is the page's rows: an array of `{ key, value }`, newest event id first. */
function summary(message: unknown): { rows: number; firstKey: string | null } {
  const rows: unknown[] = Array.isArray(message) ? message : [];
  const first = rows[0];
  const key = typeof first === 'object' && first !== null && 'key' in first ? first.key : null;
  return { rows: rows.length, firstKey: key === null ? null : JSON.stringify(key) };
}
