/** One connection as the stream saw it; times are wall-clock ms. */
export interface ConnectionRecord {
  readonly address: string;
  readonly transport: 'websocket' | 'http';
  readonly openedAt: number;
  /** Last sign of life (opening, pong, data): a machine that lost its power says nothing after this. */
  lastSeenAt: number;
  closedAt: number | null;
  events: number;
  reason: string | null;
}

export interface ConnectionReport {
  readonly now: number;
  /** Most connections open at once, counting a dead one until its death was noticed. */
  readonly max: number;
  /** Most connections alive at once: a connection that ended by silence counts only until it was last seen. */
  readonly maxAlive: number;
  readonly refused: number;
  readonly refusals: { address: string; at: number; reason: string }[];
  readonly history: ConnectionRecord[];
}

/** Who is and was connected. One live connection per address; everything else is turned away and written down. */
export class ConnectionBook {
  readonly #now: () => number;
  readonly #live = new Map<string, ConnectionRecord>();
  readonly #history: ConnectionRecord[] = [];
  readonly #refusals: { address: string; at: number; reason: string }[] = [];
  #refused = 0;
  #max = 0;

  /** @param now wall clock, milliseconds since 1970 */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** The new record, or undefined (and a refusal on record) while this address has a live connection. */
  open(address: string, transport: ConnectionRecord['transport']): ConnectionRecord | undefined {
    const at = this.#now();
    if (this.#live.has(address)) {
      this.#refused += 1;
      this.#refusals.push({ address, at, reason: 'this address already has a connection' });
      if (this.#refusals.length > keptRecords) this.#refusals.shift();
      return undefined;
    }
    const record: ConnectionRecord = {
      address,
      transport,
      openedAt: at,
      lastSeenAt: at,
      closedAt: null,
      events: 0,
      reason: null,
    };
    this.#live.set(address, record);
    this.#history.push(record);
    if (this.#history.length > keptRecords) this.#history.shift();
    this.#max = Math.max(this.#max, this.#live.size);
    return record;
  }

  /** Notes a sign of life of an open connection, now. */
  seen(record: ConnectionRecord): void {
    record.lastSeenAt = this.#now();
  }

  /** Idempotent: the first reason stays, since a terminated socket also reports a close. */
  close(record: ConnectionRecord, reason: string): void {
    if (record.closedAt !== null) return;
    record.closedAt = this.#now();
    record.reason = reason;
    if (reason !== silence) record.lastSeenAt = record.closedAt;
    this.#live.delete(record.address);
  }

  /** All that is on record up to now, as copies; of closed connections and refusals the last 10,000. */
  report(): ConnectionReport {
    return {
      now: this.#live.size,
      max: this.#max,
      maxAlive: maxAlive(this.#history),
      refused: this.#refused,
      refusals: [...this.#refusals],
      history: this.#history.map((record) => ({ ...record })),
    };
  }
}

/** Reason of a connection whose other end fell silent without closing (its machine was cut off). */
export const silence = 'silent: no answer to pings';

const keptRecords = 10_000;

/** Most connections alive at the same time; one that ends in the very ms another begins does not overlap it. */
export function maxAlive(history: readonly ConnectionRecord[]): number {
  const edges = history.flatMap((record) => [
    { at: record.openedAt, step: 1 },
    ...(record.closedAt === null ? [] : [{ at: Math.max(record.lastSeenAt, record.openedAt), step: -1 }]),
  ]);
  edges.sort((a, b) => a.at - b.at || a.step - b.step);
  let alive = 0;
  let most = 0;
  for (const edge of edges) {
    alive += edge.step;
    most = Math.max(most, alive);
  }
  return most;
}
