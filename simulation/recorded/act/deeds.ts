import type { RunEvent } from '#scenarios/harness/record/run-event.ts';
import type { FaultAction } from '#scenarios/harness/record/fault-record.ts';
import type { HistoryEvent } from '../../history/event.ts';
import type { Kill, Outage } from '../recording.ts';

type FaultEvent = Extract<RunEvent, { type: 'fault' | 'fault-done' | 'fault-undo' | 'fault-undone' }>;

/** What the recorder does to a lab, as a history has it, from the log that faults are written to. */
export class Deeds {
  readonly events: HistoryEvent[] = [];
  readonly outages: Outage[] = [];
  readonly kills: Kill[] = [];
  readonly #machines: readonly string[];
  readonly #beganAt: number;
  readonly #begun = new Map<string, { readonly number: number; readonly at: number }>();

  /** @param machines names of all machines of the lab @param beganAt wall-clock ms at which the history begins */
  constructor(machines: readonly string[], beganAt: number) {
    this.#machines = machines;
    this.#beganAt = beganAt;
  }

  /** Faults that have begun. */
  count(): number {
    return this.#begun.size;
  }

  /** Takes the next event of the harness's log; faults are all it wants. */
  hear(event: RunEvent): void {
    if (event.type === 'fault' || event.type === 'fault-done' || event.type === 'fault-undone')
      this.#hearOfFault(event);
  }

  #hearOfFault({ type, wallMs, data }: FaultEvent): void {
    const at = wallMs - this.#beganAt;
    const { id, action, machine } = data;
    if (type === 'fault') {
      this.#begun.set(id, { number: this.#begun.size + 1, at });
      this.#say(data, at, 'begun');
      return;
    }
    const from = this.#begun.get(id)?.at ?? at;
    if (type === 'fault-done' && (action.kind === 'halt' || action.kind === 'cut'))
      this.outages.push({ machine, from, downAt: at });
    if (type !== 'fault-undone') return;
    if (action.kind === 'kill') this.kills.push({ machine, unit: action.unit, from, until: at });
    this.#say(data, at, 'over');
  }

  #say({ id, action, machine, name }: FaultEvent['data'], at: number, is: 'begun' | 'over'): void {
    // Every machine has an etcd member: a partition touches both sides.
    const machines = action.kind === 'partition' ? this.#machines : [machine];
    const number = this.#begun.get(id)?.number ?? 0;
    const isStandstill = action.kind === 'pause' ? { isStandstill: true } : {};
    this.events.push({
      kind: 'fault',
      at,
      id: number,
      is,
      what: name,
      machines,
      etcd: touchesEtcd(action),
      ...isStandstill,
    });
  }
}

function touchesEtcd(action: FaultAction): boolean {
  return action.kind !== 'kill' || action.unit === 'etcd.service';
}
