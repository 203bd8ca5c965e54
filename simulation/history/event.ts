/** A key of etcd before and after a transaction; undefined: it is not there. */
export interface Change {
  readonly key: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** A daemon of a machine, or all of it. */
export type Daemon = 'fleetd' | 'etcd' | 'machine';

/**
 * Something that happened, as somebody would know it who sees everything. `at`: ms since the beginning. Machines by name (`core-01`).
 * What checkers judge is made of these alone, whether they come out of a simulation or are recorded elsewhere.
 */
export type HistoryEvent = { readonly at: number } & (
  | {
      readonly kind: 'commit';
      readonly revision: number;
      /** `fleetd core-01 #3`: its third run there; `etcd` itself when a lease ran out. */
      readonly author: string;
      readonly changes: readonly Change[];
    }
  /** @see UnitTurn */
  | {
      readonly kind: 'unit';
      readonly machine: string;
      readonly unit: string;
      readonly active: string;
      readonly hash: string;
    }
  /** An agent tells systemd something. */
  | { readonly kind: 'command'; readonly machine: string; readonly verb: string; readonly units: readonly string[] }
  /** `leaving`: it was told to end (SIGTERM), and hands over what it has. */
  | {
      readonly kind: 'daemon';
      readonly machine: string;
      readonly daemon: Daemon;
      readonly is: 'up' | 'down' | 'leaving';
    }
  /** etcd's leader: a machine, or nobody. */
  | { readonly kind: 'etcd-leader'; readonly machine: string | undefined }
  /** Something is done to machines, and (`is: 'over'`) no longer. `etcd`: what etcd answers may be late or old while it lasts. */
  | {
      readonly kind: 'fault';
      readonly id: number;
      readonly is: 'begun' | 'over';
      readonly what: string;
      readonly machines: readonly string[];
      readonly etcd: boolean;
      /** They, or their fleetd, stand still meanwhile: no clock of theirs tells them to stop anything. */
      readonly isStandstill?: boolean;
    }
  | {
      readonly kind: 'operation';
      readonly id: number;
      readonly client: string;
      readonly does: Operation;
      /** `unknown`: no answer came, or one that leaves it open; it may be carried out, even later. */
      readonly is: 'asked' | 'done' | 'refused' | 'unknown';
      /** It was sent to several machines, and one that has not answered may carry it out once more, even later. */
      readonly mayComeAgain?: boolean;
      /** What the answer said. */
      readonly answer?: string;
    }
  /** A daemon ended because of an exception. */
  | { readonly kind: 'died'; readonly machine: string; readonly error: string }
  | { readonly kind: 'log'; readonly machine: string; readonly line: string }
  /** From here on nothing is done to machines, nobody asks for anything, and what was stopped has been started again. */
  | { readonly kind: 'calm'; readonly isOn: boolean }
  /** Everything is as it is wanted, and nothing has to happen any more (`isOn: false`: from here on something may). */
  | { readonly kind: 'rest'; readonly isOn: boolean }
  /** The bound is over within which all should have come to be as it is wanted. */
  | { readonly kind: 'overdue'; readonly boundMs: number }
);

/** What a user asks of fleet. */
export type Operation =
  | { readonly kind: 'create'; readonly unit: string; readonly text: string; readonly desired: DesiredWord }
  | { readonly kind: 'replace'; readonly unit: string; readonly text: string }
  | { readonly kind: 'want'; readonly unit: string; readonly desired: DesiredWord }
  | { readonly kind: 'destroy'; readonly unit: string }
  | { readonly kind: 'metadata'; readonly machine: string; readonly key: string; readonly value: string };

export type DesiredWord = 'inactive' | 'loaded' | 'launched';
