import { createServer, type Socket } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { marshall, type Message, unmarshalMessages } from 'dbus-native/lib/message.js';

/** The other side of a D-Bus connection, on a socket of its own, that does what a test says. */
export interface Peer {
  readonly socket: string;
  /** What was written before the first message. */
  readonly handshakes: string[];
  readonly calls: Message[];
  /** To all connections that are open, in one piece. */
  say(...messages: readonly Message[]): void;
  /** Of the connections that are open. */
  end(): void;
  close(): Promise<void>;
}

/**
 * @param greet what it answers to the handshake
 * @param serve called with each message; what it returns is written in one piece
 */
export async function startPeer(
  serve: (message: Message) => readonly Message[] = () => [],
  greet = 'OK 0123456789abcdef0123456789abcdef\r\n',
): Promise<Peer> {
  const directory = await mkdtemp(join(tmpdir(), 'bus-peer-'));
  const socket = join(directory, 'socket');
  const open = new Set<Socket>();
  const handshakes: string[] = [];
  const calls: Message[] = [];
  const server = createServer((stream) => {
    open.add(stream);
    stream.on('close', () => open.delete(stream)).on('error', () => undefined);
    stream.once('data', (chunk: Buffer) => {
      stream.pause();
      handshakes.push(chunk.toString('latin1'));
      stream.write(Buffer.from(greet, 'latin1'));
      const receive = (message: Message): void => {
        calls.push(message);
        const answers = serve(message);
        if (answers.length > 0) stream.write(Buffer.concat(answers.map((one) => marshall(one))));
      };
      unmarshalMessages(stream, receive, { plainValues: true }, () => stream.destroy());
    });
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  const end = (): void => open.forEach((stream) => stream.destroy());
  return {
    socket,
    handshakes,
    calls,
    say: (...messages) => open.forEach((stream) => stream.write(Buffer.concat(messages.map((one) => marshall(one))))),
    end,
    async close() {
      end();
      await new Promise((resolve) => server.close(resolve));
      await rm(directory, { recursive: true, force: true });
    },
  };
}

let serial = 1000;

export function answerTo({ serial: replySerial }: Message, signature: string, ...body: unknown[]): Message {
  return { type: 2, serial: ++serial, replySerial, signature, body };
}

export function refusalOf({ serial: replySerial }: Message, errorName: string, words: string): Message {
  return { type: 3, serial: ++serial, replySerial, errorName, signature: 's', body: [words] };
}

export function unitChanged(path: string, active: string): Message {
  const properties = [['ActiveState', ['s', active]]];
  return {
    type: 4,
    serial: ++serial,
    path,
    interface: 'org.freedesktop.DBus.Properties',
    member: 'PropertiesChanged',
    signature: 'sa{sv}as',
    body: ['org.freedesktop.systemd1.Unit', properties, []],
  };
}
