import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { encodeLeb128 } from '#apps/couchbase/src/wire/leb128.ts';
import { opcodes } from '#apps/couchbase/src/wire/opcodes.ts';

export interface RawAnswer {
  readonly opcode: number;
  readonly status: number;
  readonly opaque: number;
  readonly cas: bigint;
  readonly extras: Buffer;
  readonly key: Buffer;
  readonly value: Buffer;
}

/** Builds a request packet by hand, independent of the server's own codec. */
export function packet(
  opcode: number,
  parts: {
    key?: Buffer | string;
    value?: Buffer | string;
    extras?: Buffer;
    framing?: Buffer;
    cas?: bigint;
    opaque?: number;
    vbucket?: number;
  } = {},
): Buffer {
  const [key, value, extras, framing] = [parts.key, parts.value, parts.extras, parts.framing].map((part) =>
    Buffer.from(part ?? ''),
  );
  const header = Buffer.alloc(24);
  header.writeUInt8(parts.framing === undefined ? 0x80 : 0x08, 0);
  header.writeUInt8(opcode, 1);
  if (parts.framing === undefined) header.writeUInt16BE(key!.length, 2);
  else {
    header.writeUInt8(framing!.length, 2);
    header.writeUInt8(key!.length, 3);
  }
  header.writeUInt8(extras!.length, 4);
  header.writeUInt32BE(framing!.length + extras!.length + key!.length + value!.length, 8);
  header.writeUInt16BE(parts.vbucket ?? 0, 6);
  header.writeUInt32BE(parts.opaque ?? 0, 12);
  header.writeBigUInt64BE(parts.cas ?? 0n, 16);
  return Buffer.concat([header, framing!, extras!, key!, value!]);
}

/** A bare key-value connection: sends bytes, collects answers. */
export class KvClient {
  readonly socket: Socket;
  #chunks: Buffer[] = [];
  #size = 0;
  #wake: () => void = () => undefined;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk) => {
      this.#chunks.push(chunk);
      this.#size += chunk.length;
      this.#wake();
    });
    socket.on('close', () => this.#wake());
    socket.on('error', () => undefined);
  }

  static async open(port: number): Promise<KvClient> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new KvClient(socket);
  }

  /** Connected, authenticated by PLAIN, collections and tokens negotiated, bucket selected. */
  static async ready(port: number, bucket = 'default', features = [0x04, 0x10, 0x12, 0x14, 0x11]): Promise<KvClient> {
    const client = await KvClient.open(port);
    const list = Buffer.concat(features.map((feature) => Buffer.from([0, feature])));
    await client.call(packet(opcodes.hello, { value: list }));
    await client.call(packet(opcodes.saslAuth, { key: 'PLAIN', value: '\0Administrator\0Password1' }));
    await client.call(packet(opcodes.selectBucket, { key: bucket }));
    return client;
  }

  /** Sends and waits for one answer. */
  async call(request: Buffer): Promise<RawAnswer> {
    this.socket.write(request);
    return this.answer();
  }

  async answer(): Promise<RawAnswer> {
    let wanted = 24;
    for (;;) {
      if (this.#size >= wanted) {
        // A copy only where there is something to join: many answers may be in one piece.
        if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks)];
        const bytes = this.#chunks[0] ?? Buffer.alloc(0);
        wanted = 24 + bytes.readUInt32BE(8);
        if (this.#size >= wanted) {
          this.#chunks = [bytes.subarray(wanted)];
          this.#size -= wanted;
          return cut(bytes.subarray(0, wanted));
        }
      }
      if (this.socket.closed) throw new Error('connection closed');
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  close(): void {
    this.socket.destroy();
  }
}

/** A key of the default collection. */
export function inDefault(key: string): Buffer {
  return Buffer.concat([encodeLeb128(0), Buffer.from(key)]);
}

function cut(bytes: Buffer): RawAnswer {
  const extrasEnd = 24 + bytes.readUInt8(4);
  const keyEnd = extrasEnd + bytes.readUInt16BE(2);
  return {
    opcode: bytes.readUInt8(1),
    status: bytes.readUInt16BE(6),
    opaque: bytes.readUInt32BE(12),
    cas: bytes.readBigUInt64BE(16),
    extras: bytes.subarray(24, extrasEnd),
    key: bytes.subarray(extrasEnd, keyEnd),
    value: bytes.subarray(keyEnd),
  };
}
