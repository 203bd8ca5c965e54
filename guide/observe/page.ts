import { io } from 'socket.io-client';
import { WebSocket } from 'ws';
import { appTimers } from '#scenarios/harness/prediction/stated-timers.ts';
import { pagePort } from '#scenarios/harness/context/ports.ts';

/** What a visitor heard; `older`: the page speaks Socket.IO 1 or 2, which its client of today refuses. */
type Heard = { readonly message: unknown } | 'nothing' | 'unconnected' | 'older';

interface Visit {
  /** `address:port` */
  readonly host: string;
  readonly connectMs: number;
  /** From the beginning to the first message. */
  readonly messageMs: number;
}

/**
 * The page of a machine as a visitor who has just come sees it, the lab's own or one with the Socket.IO of the chapter's days. The lab's web
 * app tells a visitor its newest rows at once, the chapter's with its next query.
 * @param deadlineMs for the connection; a message may take one period of queries more
 * @returns the rows of the first message, or why there was none in time
 */
export async function observePage(
  address: string,
  deadlineMs: number,
  port = pagePort,
): Promise<{ readonly rows: number } | { readonly trouble: string }> {
  const visit = { host: `${address}:${port}`, connectMs: deadlineMs, messageMs: deadlineMs + appTimers.queryMs };
  const today = await hear(visit);
  const heard = today === 'older' ? await hearOlder(visit) : today;
  if (heard === 'nothing') return { trouble: 'it has no rows to show yet' };
  if (typeof heard === 'string') return { trouble: `nothing answers at port ${port}` };
  return { rows: Array.isArray(heard.message) ? heard.message.length : 0 };
}

async function hear({ host, connectMs, messageMs }: Visit): Promise<Heard> {
  const options = { transports: ['websocket'], forceNew: true, reconnection: false, timeout: connectMs };
  const socket = io(`http://${host}`, options);
  let deadline: NodeJS.Timeout | undefined;
  try {
    return await new Promise((resolve) => {
      deadline = setTimeout(() => resolve(socket.connected ? 'nothing' : 'unconnected'), messageMs);
      // The client's own words, of an answer that lacks what later servers say.
      socket.on('connect_error', ({ message }) => resolve(message.includes('v2.x') ? 'older' : 'unconnected'));
      socket.on('message', (message: unknown) => resolve({ message }));
      socket.on('disconnect', (reason) => {
        if (reason === 'io server disconnect') resolve('nothing');
      });
    });
  } finally {
    clearTimeout(deadline);
    socket.disconnect();
  }
}

/**
 * By Engine.IO 3, as Socket.IO 1 and 2 speak it: `40` says that the visitor is connected, without being asked to, and `42["message",…]` is
 * a message (the repositories socketio/engine.io-protocol and socket.io-protocol). A ping is due after 25 s only.
 */
async function hearOlder({ host, connectMs, messageMs }: Visit): Promise<Heard> {
  const socket = new WebSocket(`ws://${host}/socket.io/?EIO=3&transport=websocket`, { handshakeTimeout: connectMs });
  let deadline: NodeJS.Timeout | undefined;
  try {
    return await new Promise((resolve) => {
      let connected = false;
      const end = () => resolve(connected ? 'nothing' : 'unconnected');
      deadline = setTimeout(end, messageMs);
      socket.on('error', end).on('close', end);
      socket.on('message', (data: Buffer) => {
        const packet = data.toString();
        if (packet === '40') connected = true;
        const [name, message] = eventOf(packet);
        if (name === 'message') resolve({ message });
      });
    });
  } finally {
    clearTimeout(deadline);
    socket.terminate();
  }
}

/** Name and first argument of an event's packet. Pure. */
function eventOf(packet: string): readonly unknown[] {
  if (!packet.startsWith('42[')) return [];
  try {
    return JSON.parse(packet.slice(2)) as readonly unknown[];
  } catch {
    return [];
  }
}
