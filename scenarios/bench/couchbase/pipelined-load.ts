import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { LabError } from '#errors/lab-error.ts';

/** Commands of memcached's binary protocol, which both servers speak ("memcached binary protocol", Command opcodes). */
const opcodes = { get: 0x00, set: 0x01, noop: 0x0a, saslAuth: 0x21, selectBucket: 0x89 } as const;

const headBytes = 24;
/** Requests of one write; the next comes when all of them are answered. */
const batchRequests = 100;

export interface Login {
  readonly user: string;
  readonly password: string;
  readonly bucket: string;
}

export interface Load {
  readonly port: number;
  readonly command: 'get' | 'set';
  readonly connections: number;
  /** Of all connections together. */
  readonly requests: number;
  /** Different keys, taken in turn. */
  readonly keys: number;
  readonly valueBytes: number;
  /** Values are JSON objects with a number `n`. */
  readonly json?: boolean;
  /** Where the server wants to know who asks, and for what. */
  readonly login?: Login | undefined;
}

/** Asks in batches of 100, and waits for each batch's answers. @throws LabError `command.couchbase-bench` at an answer that is no success */
export async function runLoad(load: Load): Promise<void> {
  const batches = batchesOf(load);
  const perConnection = Math.ceil(load.requests / batchRequests / load.connections);
  await Promise.all(
    Array.from({ length: load.connections }, async (_, number) => {
      const connection = await Connection.open(load);
      for (let turn = 0; turn < perConnection; turn++) {
        const batch = batches[(number + turn * load.connections) % batches.length];
        if (batch !== undefined) await connection.ask(batch, batchRequests);
      }
      connection.close();
    }),
  );
}

function batchesOf({ command, keys, valueBytes, json = false }: Load): Buffer[] {
  return Array.from({ length: Math.ceil(keys / batchRequests) }, (_, batch) =>
    Buffer.concat(
      Array.from({ length: batchRequests }, (_unused, index) => {
        const number = (batch * batchRequests + index) % keys;
        const key = `key-${String(number).padStart(10, '0')}`;
        if (command === 'get') return request(opcodes.get, key);
        const text = json ? jsonOf(number, valueBytes) : `${number}:`.padEnd(valueBytes, 'x');
        return request(opcodes.set, key, text, Buffer.alloc(8));
      }),
    ),
  );
}

function jsonOf(n: number, bytes: number): string {
  const bare = JSON.stringify({ n, x: '' });
  return JSON.stringify({ n, x: 'x'.repeat(Math.max(0, bytes - bare.length)) });
}

/**
 * Asks NOOPs, one after the other, until something is over.
 * @returns how long each took, ms
 * @throws LabError `command.couchbase-bench`
 */
export async function noopTimes(server: Pick<Load, 'port' | 'login'>, until: Promise<unknown>): Promise<number[]> {
  let isOver = false;
  const over = until.finally(() => (isOver = true));
  const connection = await Connection.open(server);
  const times: number[] = [];
  try {
    while (!isOver) {
      const began = performance.now();
      await connection.ask(request(opcodes.noop, ''), 1);
      times.push(performance.now() - began);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await over;
  } finally {
    connection.close();
  }
  return times;
}

function request(opcode: number, key: string, value = '', extras = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(headBytes);
  head.writeUInt8(0x80, 0);
  head.writeUInt8(opcode, 1);
  head.writeUInt16BE(key.length, 2);
  head.writeUInt8(extras.length, 4);
  head.writeUInt32BE(extras.length + key.length + value.length, 8);
  return Buffer.concat([head, extras, Buffer.from(key + value, 'latin1')]);
}

/** Counts answers as they come, and keeps nothing of them. */
class Connection {
  readonly #socket: Socket;
  /** Answers that are still to come. */
  #missing = 0;
  /** Bytes of an answer's body that are still to come. */
  #body = 0;
  #head: Buffer = Buffer.alloc(0);
  #wake: (error?: LabError) => void = () => undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk) => this.#take(chunk));
    socket.on('close', () => this.#wake(failed('the server closed the connection')));
  }

  static async open({ port, login }: Pick<Load, 'port' | 'login'>): Promise<Connection> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    const connection = new Connection(socket);
    if (login === undefined) return connection;
    const { user, password, bucket } = login;
    await connection.ask(request(opcodes.saslAuth, 'PLAIN', `\0${user}\0${password}`), 1);
    await connection.ask(request(opcodes.selectBucket, bucket), 1);
    return connection;
  }

  async ask(requests: Buffer, answers: number): Promise<void> {
    this.#missing = answers;
    await new Promise<void>((resolve, reject) => {
      this.#wake = (error) => (error === undefined ? resolve() : reject(error));
      this.#socket.write(requests);
    });
  }

  close(): void {
    this.#wake = () => undefined;
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    const bytes = this.#head.length === 0 ? chunk : Buffer.concat([this.#head, chunk]);
    let at = Math.min(this.#body, bytes.length);
    this.#body -= at;
    while (bytes.length - at >= headBytes) {
      const status = bytes.readUInt16BE(at + 6);
      if (status !== 0) this.#wake(failed(`an answer has status 0x${status.toString(16)}`));
      const size = headBytes + bytes.readUInt32BE(at + 8);
      this.#missing -= 1;
      this.#body = Math.max(0, at + size - bytes.length);
      at = Math.min(at + size, bytes.length);
    }
    this.#head = bytes.subarray(at);
    if (this.#missing === 0 && this.#body === 0) this.#wake();
  }
}

/** What ends a benchmark of Couchbase. */
export function failed(cause: string): LabError {
  return new LabError({ code: 'command.couchbase-bench', cause, next: 'npm run bench -- couchbase' });
}
