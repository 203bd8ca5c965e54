import { failureFromStatus } from '#platform/etcd/etcd-failure.ts';
import type { Agenda } from '../world/agenda.ts';

/** The way back of one request. */
export interface Caller {
  readonly author: string;
  /** The answer, in the shape of etcd's message. */
  answer(message: object): void;
  /** There is none, for this reason. */
  fail(failure: Error): void;
}

export interface OpenCaller extends Caller {
  /** It still waits for an answer. */
  isOpen(): boolean;
}

/** etcd's own patience for a request: 5 s and two election times (server config, ReqTimeout). */
const patienceMs = 6_000;
/** gRPC's UNAVAILABLE. */
const unavailable = 14;

/** Requests of one member that wait for an answer: each gets one at most, and none is waited for for ever. */
export class OpenCallers {
  readonly #agenda: Agenda;
  readonly #endpoint: string;
  readonly #whenRunning: (act: () => void) => void;
  readonly #callers = new Set<Caller>();

  /** @param whenRunning runs it when the member does not stand still; never when it stops first */
  constructor(agenda: Agenda, endpoint: string, whenRunning: (act: () => void) => void) {
    this.#agenda = agenda;
    this.#endpoint = endpoint;
    this.#whenRunning = whenRunning;
  }

  /** Takes a request in hand. Without an answer in time it fails as etcd's does. @param method as in a gRPC path */
  open(method: string, caller: Caller): OpenCaller {
    this.#callers.add(caller);
    const settle = (say: () => void): void => {
      patience();
      if (this.#callers.delete(caller)) say();
    };
    const giveUp = (): void =>
      settle(() =>
        caller.fail(failureFromStatus(unavailable, 'etcdserver: request timed out', this.#endpoint, method)),
      );
    const patience = this.#agenda.after(patienceMs, () => this.#whenRunning(giveUp));
    return {
      author: caller.author,
      isOpen: () => this.#callers.has(caller),
      answer: (message) => settle(() => caller.answer(message)),
      fail: (failure) => settle(() => caller.fail(failure)),
    };
  }

  /** Nobody waits any more. @returns who did */
  closeAll(): Caller[] {
    const callers = [...this.#callers];
    this.#callers.clear();
    return callers;
  }
}
