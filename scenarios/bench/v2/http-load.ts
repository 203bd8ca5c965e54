import { connect } from 'node:net';
import { LabError } from '#errors/lab-error.ts';

/** A load on one server of the v2 API: each connection asks again as soon as it is answered. */
export interface HttpLoad {
  readonly port: number;
  readonly kind: LoadKind;
  readonly connections: number;
  readonly durationMs: number;
  /** Ends with so many, if that is sooner. */
  readonly most?: number;
}

/** Of keys that live on, or of others that have a time to live: how much of it is left is another question to v3. */
export type LoadKind = 'GET' | 'GET with ttl' | 'PUT' | 'PUT with ttl';

export interface LoadFigures {
  readonly answers: number;
  readonly medianMs: number;
  readonly p99Ms: number;
}

/** Taken in turn. */
const keys = 100;
const valueBytes = 100;

/** Writes every key once, so that all are there. @throws LabError `command.v2-bench` */
export async function fillKeys(port: number): Promise<void> {
  for (const kind of ['PUT', 'PUT with ttl'] as const)
    for (let key = 0; key < keys; key++) await exchange(port, [requestOf(kind, key)], () => undefined);
}

/** @throws LabError `command.v2-bench` at an answer that is no success, or a connection that the server closed */
export async function runHttpLoad(load: HttpLoad): Promise<LoadFigures> {
  const { port, kind, connections, durationMs, most = Infinity } = load;
  const endAt = performance.now() + durationMs;
  const times: number[] = [];
  let turn = 0;
  function* requests() {
    while (turn < most && performance.now() < endAt) yield requestOf(kind, turn++ % keys);
  }
  await Promise.all(Array.from({ length: connections }, () => exchange(port, requests(), (ms) => times.push(ms))));
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor(times.length * share)] ?? NaN;
  return { answers: times.length, medianMs: at(0.5), p99Ms: at(0.99) };
}

function requestOf(kind: LoadKind, key: number): string {
  const [method, isTimed] = [kind.slice(0, 3), kind.endsWith('ttl')];
  const line = `${method} /v2/keys/bench/${isTimed ? 'timed' : 'k'}${key} HTTP/1.1\r\nHost: 127.0.0.1\r\n`;
  if (method === 'GET') return `${line}\r\n`;
  const body = `value=${'x'.repeat(valueBytes)}${isTimed ? '&ttl=600' : ''}`;
  return `${line}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

/** One request after the other on a connection of their own. A client library would cost more than the server does. */
function exchange(port: number, requests: Iterable<string>, onAnswer: (ms: number) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const waiting = requests[Symbol.iterator]();
    let text = '';
    let askedAt = 0;
    const next = () => {
      const one = waiting.next();
      askedAt = performance.now();
      if (one.done !== true) return void socket.write(one.value);
      resolve();
      socket.destroy();
    };
    const fail = (cause: string) => {
      reject(new LabError({ code: 'command.v2-bench', cause, next: 'npm run bench -- v2' }));
      socket.destroy();
    };
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk;
      const head = text.indexOf('\r\n\r\n');
      const length = /content-length: (\d+)/i.exec(text)?.[1];
      if (head === -1 || text.length < head + 4 + Number(length ?? 0)) return;
      if (!/^HTTP\/1\.1 20[01] /.test(text)) return fail(`an answer is ${text.slice(0, head).split('\r\n')[0]}`);
      text = '';
      onAnswer(performance.now() - askedAt);
      next();
    });
    socket.on('connect', next).on('error', ({ message }) => fail(message));
    socket.on('close', () => fail('the server closed a connection'));
  });
}
