import { expect } from 'vitest';
import { seededRandom } from '#scenarios/chaos/seeded-random.ts';
import { opcodes } from '#apps/couchbase/src/wire/opcodes.ts';
import { inDefault, KvClient, packet, type RawAnswer } from '../support/kv-client.ts';

/** What was done to a key, in order: values, and undefined for a deletion. What was acknowledged ends before what was sent does. */
interface History {
  readonly states: (string | undefined)[];
  acknowledged: number;
  cas: bigint;
}

const keysOfClient = 20;

/** Writes of some clients at once, each to keys of its own, and what of them was acknowledged. */
export class AcknowledgedLoad {
  writes = 0;
  readonly #random;
  readonly #histories = new Map<string, History>();
  readonly #valueBytes: number;

  /** @param valueBytes of the largest value */
  constructor(seed: number, valueBytes: number) {
    this.#random = seededRandom(seed);
    this.#valueBytes = valueBytes;
  }

  /** Runs until the connections are gone. */
  async run(port: number, clients: number): Promise<void> {
    await Promise.all(Array.from({ length: clients }, (_, client) => this.#runClient(port, client)));
  }

  /** Every key is as its last acknowledged write left it, or as one that was sent after it did. Then all go on from there. */
  async verify(port: number): Promise<void> {
    const client = await KvClient.ready(port);
    for (const [key, history] of this.#histories) {
      const found = await client.call(packet(opcodes.get, { key: inDefault(key) }));
      const value = found.status === 0 ? found.value.toString('latin1') : undefined;
      const possible = history.states.slice(history.acknowledged);
      expect(
        possible.includes(value),
        `${key}: ${value?.slice(0, 20)} of ${possible.map((one) => one?.slice(0, 20)).join()}`,
      ).toBe(true);
      if (found.status === 0) expect(found.cas).toBeGreaterThanOrEqual(history.cas);
      history.states.splice(0, history.states.length, value);
      history.acknowledged = 0;
      const again = await client.call(write(key, value ?? 'back'));
      expect(again.cas).toBeGreaterThan(history.cas);
      history.states.push(value ?? 'back');
      acknowledge(history, again);
    }
    client.close();
  }

  async #runClient(port: number, number: number): Promise<void> {
    try {
      // The server may be shot before this one is through.
      const client = await KvClient.ready(port);
      for (;;) {
        const batch = Array.from({ length: this.#random.integer(1, 20) }, () => this.#next(number));
        client.socket.write(Buffer.concat(batch.map(({ request }) => request)));
        for (const { history, index } of batch) {
          const answer = await client.answer();
          // Not found is an acknowledgement, too: of a deletion of nothing.
          if (answer.status === 0 || answer.status === 1) acknowledge(history, answer, index);
          this.writes += 1;
        }
      }
    } catch (error) {
      if (!(error instanceof Error) || !/^connection closed$|ECONNRE/.test(error.message)) throw error;
    }
  }

  #next(client: number): { readonly request: Buffer; readonly history: History; readonly index: number } {
    const key = `client-${client}-key-${this.#random.integer(1, keysOfClient)}`;
    const history = this.#histories.get(key) ?? { states: [undefined], acknowledged: 0, cas: 0n };
    this.#histories.set(key, history);
    const value = this.#random.chance(0.1) ? undefined : this.#value(history.states.length);
    history.states.push(value);
    const request = value === undefined ? packet(opcodes.delete, { key: inDefault(key) }) : write(key, value);
    return { request, history, index: history.states.length - 1 };
  }

  #value(number: number): string {
    return `${number}:${this.#random.share()}:`.padEnd(this.#random.integer(1, this.#valueBytes), 'x');
  }
}

function write(key: string, value: string): Buffer {
  return packet(opcodes.set, { key: inDefault(key), value, extras: Buffer.alloc(8) });
}

function acknowledge(history: History, { cas }: RawAnswer, index = history.states.length - 1): void {
  history.acknowledged = Math.max(history.acknowledged, index);
  if (cas > history.cas) history.cas = cas;
}
