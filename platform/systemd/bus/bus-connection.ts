import { connect, type Socket } from 'node:net';
import { marshall, type Message, unmarshalMessages } from 'dbus-native/lib/message.js';
import { LabError } from '#errors/lab-error.ts';

/** A method call. `signature` says of what D-Bus types `body` is (D-Bus specification, "Type System"). */
export interface BusCall {
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly signature?: string;
  readonly body?: readonly unknown[];
}

export interface BusSignal {
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly body: readonly unknown[];
}

/** What a method answered instead of a result: `org.freedesktop.systemd1.NoSuchUnit` and a sentence. */
export class BusError extends Error {
  override readonly name: string;
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** A D-Bus connection to one peer, without a message bus between. */
export interface BusConnection {
  /**
   * Calls are carried out by the peer in the order in which they are made.
   * @param read makes the result of the answer's body at the moment it arrives: before any signal that comes after it
   * @throws BusError; LabError `timeout.systemd` when no answer came in time, or the connection ended
   */
  call<T>(call: BusCall, read: (body: readonly unknown[]) => T): Promise<T>;
  close(): void;
}

/** systemd answers at once, except while it reloads: some hundred units on a busy core. */
const answerMs = 30_000;

const messageType = { call: 1, answer: 2, error: 3, signal: 4 };

/**
 * Connects to a peer's socket and authenticates as the user of this process (D-Bus specification, "Authentication Protocol").
 * @param on.signal told of every signal, in order
 * @param on.end called once when the connection is over, `close` or not
 * @throws LabError `timeout.systemd`
 */
export async function connectBus(
  socket: string,
  on: { signal(signal: BusSignal): void; end(): void },
): Promise<BusConnection> {
  const stream = connect(socket);
  const waiting = new Map<number, { answer(message: Message): void; fail(error: Error): void }>();
  let serial = 0;
  const end = (why: string): void => {
    stream.destroy();
    for (const call of waiting.values()) call.fail(silent(socket, why));
    waiting.clear();
  };
  const receive = (message: Message): void => {
    if (message.type === messageType.signal) {
      const { path = '', interface: of = '', member = '', body = [] } = message;
      return on.signal({ path, interface: of, member, body });
    }
    const call = waiting.get(message.replySerial ?? 0);
    waiting.delete(message.replySerial ?? 0);
    call?.answer(message);
  };
  await authenticate(stream, socket);
  stream.on('error', (error) => end(error.message));
  stream.on('close', () => {
    end('the connection ended');
    on.end();
  });
  unmarshalMessages(stream, receive, { plainValues: true }, (error) => end(`no D-Bus message: ${error.message}`));

  return {
    call: (call, read) =>
      new Promise((resolve, reject) => {
        const id = ++serial;
        const timer = setTimeout(() => {
          waiting.delete(id);
          reject(silent(socket, `${call.member}: no answer within ${answerMs} ms`));
        }, answerMs);
        const fail = (error: unknown): void => {
          clearTimeout(timer);
          reject(error instanceof Error ? error : new Error(String(error)));
        };
        const answer = ({ type, errorName = '', body = [] }: Message): void => {
          if (type === messageType.error) return fail(new BusError(errorName, wordsOf(body) ?? errorName));
          try {
            resolve(read(body));
            clearTimeout(timer);
          } catch (error) {
            fail(error);
          }
        };
        if (stream.destroyed) return fail(silent(socket, 'the connection ended'));
        waiting.set(id, { answer, fail });
        stream.write(marshall({ type: messageType.call, serial: id, ...call }));
      }),
    close: () => stream.destroy(),
  };
}

/** An error's first value is by custom its text (D-Bus specification, "Message Types"). */
function wordsOf([words]: readonly unknown[]): string | undefined {
  return typeof words === 'string' ? words : undefined;
}

/**
 * All of it in one write, BEGIN with the rest: what arrives together with BEGIN in a later one, systemd 252 leaves lying until more comes.
 * @throws LabError `timeout.systemd`
 */
function authenticate(stream: Socket, socket: string): Promise<void> {
  const user = Buffer.from(String(process.getuid?.() ?? 0)).toString('hex');
  return new Promise((resolve, reject) => {
    let text = '';
    const fail = (why: string): void => {
      clearTimeout(timer);
      stream.destroy();
      reject(silent(socket, why));
    };
    const onData = (chunk: Buffer): void => {
      text += chunk.toString('latin1');
      const end = text.indexOf('\r\n');
      if (end < 0) return;
      stream.off('data', onData).off('error', onError).off('close', onClose).pause();
      if (!text.startsWith('OK ')) return fail(`refused: ${text.slice(0, end)}`);
      clearTimeout(timer);
      if (text.length > end + 2) stream.unshift(Buffer.from(text.slice(end + 2), 'latin1'));
      resolve();
    };
    const onError = (error: Error): void => fail(error.message);
    const onClose = (): void => fail('the connection ended');
    const timer = setTimeout(() => fail(`no answer within ${answerMs} ms`), answerMs);
    stream.on('data', onData).on('error', onError).on('close', onClose);
    stream.write(`\0AUTH EXTERNAL ${user}\r\nBEGIN\r\n`);
  });
}

/** For what a peer refused; one that does not answer stays an error. */
export function unlessRefused<T>(instead: () => T): (error: unknown) => T {
  return (error) => {
    if (error instanceof BusError) return instead();
    throw error;
  };
}

function silent(socket: string, why: string): LabError {
  return new LabError({
    code: 'timeout.systemd',
    cause: `systemd does not answer at ${socket}`,
    evidence: [why],
    next: 'systemctl is-system-running',
  });
}
