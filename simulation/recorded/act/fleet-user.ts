import {
  EndpointFailure,
  exchange,
  parseEndpoint,
  type Credentials,
  type Endpoint,
} from '#platform/fleet/client/endpoint.ts';
import type { SeededRandom } from '#scenarios/chaos/seeded-random.ts';
import { callOf } from '../../run/api-call.ts';
import type { HistoryEvent, Operation } from '../../history/event.ts';

/** As the simulation's users: for one answer, and for a connection, ms. */
const answerMs = 8_000;
const connectMs = 800;

/** What users stand on. */
export interface UserGround {
  /** Of fleet's API on each machine. */
  readonly urls: readonly string[];
  readonly credentials: Credentials;
  readonly random: SeededRandom;
  /** Machine ID of a machine, by its name. */
  readonly idOf: (machine: string) => string;
  /** Numbers operations, of all users together. */
  readonly nextId: () => number;
  /** ms since the recording began. */
  readonly now: () => number;
  /** Takes what was asked, and how it ended, for the history. */
  readonly onDeed: (deed: HistoryEvent) => void;
}

/** A user of a lab's fleet: one operation after the other, at the first machine that answers; what became of each is noted. */
export class FleetUser {
  readonly #name: string;
  readonly #ground: UserGround;
  readonly #endpoints: readonly Endpoint[];
  #last: Promise<void> = Promise.resolve();

  constructor(name: string, ground: UserGround) {
    this.#name = name;
    this.#ground = ground;
    this.#endpoints = ground.urls.map((url) => parseEndpoint(url, ground.credentials));
  }

  /** Does it when what was asked for before is through. */
  perform(operation: Operation): void {
    this.#last = this.#last.then(() => this.#do(operation));
  }

  /** Resolves when everything is through. */
  idle(): Promise<void> {
    return this.#last;
  }

  async #do(does: Operation): Promise<void> {
    const { nextId, now, onDeed, random, idOf } = this.#ground;
    const about = { kind: 'operation', id: nextId(), client: this.#name, does } as const;
    onDeed({ ...about, at: now(), is: 'asked' });
    const { method, path, body } = callOf(does, idOf);
    const question = {
      method,
      path: `/fleet/v1/${path.map(encodeURIComponent).join('/')}`,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    };
    let mayBeDone = false;
    for (const endpoint of random.shuffled(this.#endpoints)) {
      const reply = await exchange(endpoint, question, answerMs, connectMs).catch(failureOf);
      if (reply instanceof EndpointFailure && !reply.sent) continue;
      if (reply instanceof EndpointFailure || reply.status >= 500) mayBeDone = true;
      if (reply instanceof EndpointFailure) break;
      if (reply.status >= 500) continue;
      // What was refused may be what another machine has just done.
      const is = reply.status < 300 ? 'done' : mayBeDone ? 'unknown' : 'refused';
      const answer = `${reply.status} ${reply.body}`.trim().slice(0, 200);
      return onDeed({ ...about, at: now(), is, mayComeAgain: mayBeDone, answer });
    }
    onDeed({ ...about, at: now(), is: mayBeDone ? 'unknown' : 'refused', answer: 'no machine answers' });
  }
}

function failureOf(error: unknown): EndpointFailure {
  if (error instanceof EndpointFailure) return error;
  throw error;
}
