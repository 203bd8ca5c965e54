import { connect, type Socket } from 'node:net';
import { LabError } from '#errors/lab-error.ts';
import { waitUntil } from '#provision/machines/wait-until.ts';

/** Clients that wait for changes of the v2 API, each with a connection and a key of its own. */
export interface Watchers {
  /** Writes the key of one of them. @returns ms from the write's first byte until that one has its answer; it waits again then */
  changeOne(number: number): Promise<number>;
  close(): void;
}

/** How many connections are opened at the same time: more than a server takes in at once only stand in its queue. */
const openedAtOnce = 200;
const deadlineMs = 60_000;

/** @throws LabError `command.v2-bench` when one is refused, `timeout.condition` when they do not wait in time */
export async function openWatchers(port: number, count: number): Promise<Watchers> {
  const waiting = Array.from({ length: count }, (_, number) => oneWatcher(port, number));
  const writer = new Map<'socket', Socket>();
  try {
    for (let from = 0; from < count; from += openedAtOnce)
      await Promise.all(waiting.slice(from, from + openedAtOnce).map((one) => one.wait()));
    await waitUntil({
      condition: `${count} watchers wait at port ${port}`,
      deadlineMs,
      everyMs: 50,
      next: 'npm run bench -- v2',
      check: async () => (await watchersAt(port)) >= count,
    });
  } catch (error) {
    for (const one of waiting) one.close();
    throw error;
  }
  return {
    async changeOne(number) {
      const one = waiting[number % count];
      if (one === undefined) return NaN;
      const heard = one.heard();
      const began = performance.now();
      await write(writer, port, number % count);
      const took = (await heard) - began;
      await one.wait();
      return took;
    },
    close() {
      for (const one of waiting) one.close();
      writer.get('socket')?.destroy();
    },
  };
}

/** Watchers that the server counts; etcd and the lab's own count alike. */
export async function watchersAt(port: number): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${port}/v2/stats/store`);
  return ((await answer.json()) as { watchers: number }).watchers;
}

function oneWatcher(port: number, number: number) {
  let socket: Socket | undefined;
  let onHead: () => void = () => undefined;
  let onBody: () => void = () => undefined;
  let text = '';
  let fail: (error: LabError) => void = () => undefined;
  const ask = `GET /v2/keys/watched/${number}?wait=true HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`;
  const take = (chunk: string) => {
    text += chunk;
    const head = text.indexOf('\r\n\r\n');
    if (head === -1) return;
    if (!text.startsWith('HTTP/1.1 200')) return fail(failed(text.slice(0, head)));
    onHead();
    // An answer that comes later is in chunks, and the last one is empty.
    if (!text.endsWith('\r\n0\r\n\r\n')) return;
    text = '';
    onBody();
  };
  return {
    /** Until its answer has begun: changes from then on are told. */
    wait: () =>
      new Promise<void>((resolve, reject) => {
        [onHead, fail] = [resolve, reject];
        if (socket !== undefined) return void socket.write(ask);
        socket = connect({ port, host: '127.0.0.1', noDelay: true });
        socket.setEncoding('latin1').on('data', take);
        socket.on('connect', () => socket?.write(ask));
        socket.on('error', ({ message }) => reject(failed(message)));
      }),
    heard: () => new Promise<number>((resolve) => (onBody = () => resolve(performance.now()))),
    close: () => void socket?.destroy(),
  };
}

function write(kept: Map<'socket', Socket>, port: number, number: number): Promise<void> {
  const socket = kept.get('socket') ?? connect({ port, host: '127.0.0.1', noDelay: true });
  kept.set('socket', socket);
  return new Promise((resolve, reject) => {
    const fail = ({ message }: Error) => reject(failed(message));
    socket.once('error', fail);
    socket.once('data', () => {
      socket.off('error', fail);
      resolve();
    });
    socket.write(`PUT /v2/keys/watched/${number}?value=1 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`);
  });
}

function failed(cause: string): LabError {
  return new LabError({ code: 'command.v2-bench', cause, next: 'npm run bench -- v2' });
}
