import type { Reply } from '#platform/fleet/api/reply.ts';
import type { Operation } from '../history/event.ts';
import type { ApiCall } from '../machines/api-door.ts';
import type { Machine } from '../machines/machine.ts';
import { machineId } from '../plan/plan.ts';
import type { SimulatedProcess } from '../world/process.ts';
import { callOf } from './api-call.ts';
import type { Cluster } from './cluster.ts';

/** As fleet's own client: for one answer, and for a connection (client/transport.ts), ms. */
const answerMs = 8_000;
const connectMs = 800;

/** What became of a request at one machine. */
type Answer = { readonly is: 'reply'; readonly reply: Reply } | { readonly is: 'unsent' } | { readonly is: 'silence' };

/** A user with a `fleetctl` of his own: one operation after the other, at the first machine that answers. */
export class Client {
  readonly #name: string;
  readonly #cluster: Cluster;
  readonly #process: SimulatedProcess;
  readonly #nextId: () => number;
  #queue: Operation[] = [];
  #isBusy = false;

  /** @param nextId numbers operations, of all clients together */
  constructor(name: string, cluster: Cluster, nextId: () => number) {
    this.#name = name;
    this.#cluster = cluster;
    this.#nextId = nextId;
    cluster.network.setUp(name, true);
    this.#process = cluster.newProcess(name, cluster.clockOf(1));
  }

  /** All that it was given is done. */
  isIdle(): boolean {
    return !this.#isBusy && this.#queue.length === 0;
  }

  /** Does it when what was asked for before is through. */
  perform(operation: Operation): void {
    this.#queue.push(operation);
    if (!this.#isBusy) this.#next();
  }

  /** What was not begun yet is not. */
  stop(): void {
    this.#queue = [];
  }

  #next(): void {
    const operation = this.#queue.shift();
    this.#isBusy = operation !== undefined;
    if (operation !== undefined) this.#process.run(() => void this.#do(operation).then(() => this.#next()));
  }

  async #do(does: Operation): Promise<void> {
    const about = { kind: 'operation', id: this.#nextId(), client: this.#name, does } as const;
    this.#cluster.record({ ...about, is: 'asked' });
    let mayBeDone = false;
    for (const machine of this.#cluster.random.shuffled(this.#cluster.machines)) {
      const heard = await this.#ask(machine, callOf(does, idOf));
      if (heard.is === 'unsent') continue;
      const { status, body } = heard.is === 'reply' ? heard.reply : { status: 500, body: '' };
      if (status >= 500) mayBeDone = true;
      if (heard.is === 'silence') break;
      // This machine has no etcd, another one may.
      if (status >= 500) continue;
      // What was refused may be what another machine has just done.
      const is = status < 300 ? 'done' : mayBeDone ? 'unknown' : 'refused';
      const answer = `${status} ${JSON.stringify(body ?? '')}`;
      return this.#cluster.record({ ...about, is, mayComeAgain: mayBeDone, answer });
    }
    this.#cluster.record({ ...about, is: mayBeDone ? 'unknown' : 'refused', answer: 'no machine answers' });
  }

  #ask(machine: Machine, request: ApiCall): Promise<Answer> {
    const { network } = this.#cluster;
    return new Promise((resolve) => {
      let phase: 'connecting' | 'sent' | 'over' = 'connecting';
      const end = (answer: Answer): void => {
        phase = 'over';
        resolve(answer);
      };
      const back = (answer: Answer): void =>
        void network.send(machine.name, this.#name, () => this.#process.run(() => end(answer)));
      setTimeout(() => phase === 'connecting' && end({ is: 'unsent' }), connectMs);
      setTimeout(() => end({ is: 'silence' }), answerMs);
      network.send(this.#name, machine.name, () => {
        // Nothing is sent on a connection that was given up.
        if (phase !== 'connecting') return;
        phase = 'sent';
        if (!machine.call(request, (reply) => back({ is: 'reply', reply }))) back({ is: 'unsent' });
      });
    });
  }
}

function idOf(machine: string): string {
  return machineId(Number(machine.slice('core-'.length)));
}
