import { readHistory } from '#platform/fleet/registry/decision-history.ts';
import type { FleetFacts } from '../../checkers/fleet-facts.ts';
import type { Change, HistoryEvent } from '../../history/event.ts';

/** fleetd's comings and goings on each machine, in order of time. */
export type Runs = ReadonlyMap<string, readonly Extract<HistoryEvent, { kind: 'daemon' }>[]>;

/** etcd keeps no names: this is who has written by what is written. */
const user = 'a user';

interface Written {
  readonly changes: readonly Change[];
  /** Is the key there afterwards? */
  isThere(key: string): boolean;
  readonly facts: FleetFacts;
  readonly runs: Runs;
  readonly at: number;
}

/**
 * Who wrote a revision, as a history names authors: `fleetd core-01 #2`, `etcd` when a lease ran out, `a user` (by whichever fleetd). An engine's decision says beside
 * it who decided, in the same transaction; a change of the schedule without one is nobody's that the lab knows of. Pure.
 */
export function authorOf(written: Written): string {
  const { changes, facts, runs, at } = written;
  const { keys } = facts;
  const named = (name: string | undefined): string => (name === undefined ? 'somebody' : runOf(name, runs, at));
  const places = changes.filter(({ key, before, after }) => isOfJob(key, 'target', facts) && before !== after);
  const notes = changes.flatMap(({ key, after }) =>
    isOfJob(key, 'decisions', facts) ? readHistory(after).slice(-1) : [],
  );
  const isDestroyed = (key: string): boolean => !written.isThere(keys.job(keys.unitOf(key) ?? '').object);
  if (places.some(({ key }) => !isDestroyed(key)) || notes.length > 0) return named(notes[0]?.by);
  const leader = changes.find(({ key }) => key === keys.leader);
  if (leader?.after !== undefined) return leaderAuthor(leader.after, facts, runs, at);
  const machine = changes.find(({ key }) => key.startsWith(keys.machines) && /[/](object|left)$/.test(key));
  if (machine !== undefined) {
    const name = nameOf(machine.key.slice(keys.machines.length).split('/')[0], facts);
    if (name === undefined) return 'somebody';
    return machine.after !== undefined || isLeaving(name, runs, at) ? runOf(name, runs, at) : 'etcd';
  }
  const jobs = changes.some(({ key }) => key.startsWith(keys.jobs));
  const [state] = changes.filter(({ key }) => key.startsWith(keys.states));
  if (jobs || state === undefined) return user;
  return named(nameOf(state.key.split('/').at(-1), facts));
}

/** @param value of the leadership key: `<machine id> <lease id>` */
export function leaderAuthor(value: string | undefined, facts: FleetFacts, runs: Runs, at: number): string {
  const name = nameOf(value?.split(' ')[0], facts);
  return name === undefined ? 'nobody' : runOf(name, runs, at);
}

/** `fleetd core-01 #2`: which of its runs has it been at that moment? */
function runOf(machine: string, runs: Runs, at: number): string {
  const begun = (runs.get(machine) ?? []).filter((turn) => turn.is === 'up' && turn.at <= at).length;
  return `fleetd ${machine} #${begun}`;
}

/** Has it been told to end? */
function isLeaving(machine: string, runs: Runs, at: number): boolean {
  return (runs.get(machine) ?? []).findLast((turn) => turn.at <= at && turn.is !== 'down')?.is === 'leaving';
}

function nameOf(id: string | undefined, { machines }: FleetFacts): string | undefined {
  return machines.find((machine) => machine.id === id)?.name;
}

function isOfJob(key: string, part: 'target' | 'decisions', { keys }: FleetFacts): boolean {
  const unit = keys.unitOf(key);
  return unit !== undefined && key === keys.job(unit)[part];
}
