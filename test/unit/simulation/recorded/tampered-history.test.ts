import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fleetKeys } from '#platform/etcd/keys/fleet-keys.ts';
import { readUnit } from '#platform/fleet/registry/records.ts';
import { allCheckers } from '#simulation/checkers/all-checkers.ts';
import { Truth } from '#simulation/checkers/truth.ts';
import type { HistoryEvent, Operation } from '#simulation/history/event.ts';
import { readHistoryFile } from '#simulation/recorded/history-file.ts';
import { judgeHistory, violationText } from '#simulation/recorded/judge-history.ts';

/** Recorded on three machines: halt, cut, pause, partition, kill -9 of fleetd and of etcd. Without fleetd's log lines and etcd's notes beside decisions. */
const recorded = await readHistoryFile(join(import.meta.dirname, 'real-history.ndjson'));
const { machines, events, ttlSeconds, prefix, fence } = recorded;
const keys = fleetKeys(prefix);

/** The checkers that find something, each by itself. */
function found(history: readonly HistoryEvent[]): Map<string, string> {
  const truth = new Truth({ keys, machines, ttlSeconds });
  const checkers = allCheckers(fence);
  const said = new Map<string, string>();
  for (const event of history) {
    truth.see(event);
    for (const checker of checkers) {
      const what = checker.see(event, truth);
      if (what !== undefined && !said.has(checker.name)) said.set(checker.name, what);
    }
  }
  return said;
}

const restAt = events.findIndex((event) => event.kind === 'rest' && event.isOn);
const restEnd = events.findIndex((event) => event.kind === 'rest' && !event.isOn);
/** All that is so at rest. */
const truth = new Truth({ keys, machines, ttlSeconds });
for (const event of events.slice(0, restAt + 1)) truth.see(event);
const leader = truth.leaderAuthor ?? '';

type Without<E> = E extends unknown ? Omit<E, 'at'> : never;
/** In rest: at its end, when every picture of etcd is new again. */
const insert = (where: 'before rest' | 'in rest', ...added: Without<HistoryEvent>[]): HistoryEvent[] => {
  const index = where === 'in rest' ? restEnd : restAt;
  const at = events[index]?.at ?? 0;
  return [...events.slice(0, index), ...added.map((event): HistoryEvent => ({ ...event, at })), ...events.slice(index)];
};
const commit = (author: string, key: string, after: string | undefined): Without<HistoryEvent> => ({
  kind: 'commit',
  revision: 0,
  author,
  changes: [{ key, before: truth.keys.get(key), after }],
});

/** A unit that runs as it is wanted, and is no global one. */
const [running] = [...truth.units.values()].filter(
  ({ name, target, requirements }) =>
    target !== undefined && !requirements.global && truth.runsOn(truth.nameOf(target)).get(name)?.active === 'active',
);
if (running?.target === undefined) throw new Error('nothing runs at the end of the recorded history');
const home = truth.nameOf(running.target);
const elsewhere = machines.find(({ name }) => name !== home)?.name ?? '';
const state = keys.state(running.name, running.target);

/** Of the operation's unit: a text that says what it must not be beside. */
const jealous = `[Service]\nExecStart=/bin/sleep infinity\n[X-Fleet]\nConflicts=${running.name}\n`;
const pinned = `[Service]\nExecStart=/bin/sleep infinity\n[X-Fleet]\nMachineID=${running.target}\n`;
const objectOf = (text: string): string => JSON.stringify({ Name: 'new.service', Raw: text });
/** Both keys at once, as fleet does it: a unit whose desired state has just become another need not be known of. */
const created = (text: string): Without<HistoryEvent> => ({
  kind: 'commit',
  revision: 0,
  author: 'a user',
  changes: [
    { key: keys.job('new.service').object, before: undefined, after: objectOf(text) },
    { key: keys.job('new.service').desired, before: undefined, after: 'launched' },
  ],
});

const tampered: Readonly<Record<string, readonly HistoryEvent[]>> = {
  'single-copy': insert('in rest', {
    kind: 'unit',
    machine: elsewhere,
    unit: running.name,
    active: 'active',
    hash: running.hash,
  }),
  'running-together': insert('in rest', created(jealous), {
    kind: 'unit',
    machine: home,
    unit: 'new.service',
    active: 'activating',
    hash: readUnit('new.service', objectOf(jealous), () => {})?.hash ?? '',
  }),
  placement: insert('in rest', created(pinned), commit(leader, keys.job('new.service').target, truth.idOf(elsewhere))),
  'living-machines': insert('in rest', commit(leader, keys.job(running.name).target, '9'.repeat(32))),
  'leader-only': events.map((event) =>
    event.kind === 'commit' &&
    event.changes.some(({ key, before, after }) => /[/]target$/.test(key) && after !== before && after !== undefined)
      ? { ...event, author: 'somebody' }
      : event,
  ),
  'needless-moves': insert('in rest', commit(leader, keys.job(running.name).target, truth.idOf(elsewhere))),
  'agents-obey': insert('in rest', { kind: 'command', machine: home, verb: 'stop', units: [running.name] }),
  'nothing-lost': insert('before rest', {
    kind: 'operation',
    id: 9_999,
    client: 'user-1',
    does: { kind: 'destroy', unit: running.name } satisfies Operation,
    is: 'done',
  }),
  convergence: insert('before rest', {
    kind: 'unit',
    machine: home,
    unit: running.name,
    active: 'inactive',
    hash: running.hash,
  }),
  'states-told': insert(
    'before rest',
    commit(`fleetd ${home} #1`, state, truth.keys.get(state)?.replace('"active"', '"activating"')),
  ),
  quiet: insert('in rest', commit(`fleetd ${home} #1`, `${keys.prefix}looked`, 'yes')),
  'daemons-live': insert('in rest', { kind: 'died', machine: home, error: 'its process exited with 1' }),
};

test('what was recorded on real machines breaks nothing', () => {
  expect([...found(events)]).toEqual([]);
  const judgement = judgeHistory(recorded);
  expect(judgement).toMatchObject({ violation: undefined, settledAfterSeconds: expect.any(Number) as number });
  const kinds = events.flatMap((event) => (event.kind === 'fault' && event.is === 'begun' ? [event.what] : []));
  for (const kind of ['halt', 'cut', 'pause', 'partition', 'kill fleet.service', 'kill etcd.service'])
    expect(kinds.some((what) => what.startsWith(kind))).toBe(true);
});

test.each(Object.entries(tampered))('%s finds what was tampered with', (checker, history) => {
  expect([...found(history).keys()]).toContain(checker);
});

test('a copy on a machine that stands still is excused, and with a fence no other', () => {
  const copy = { kind: 'unit', machine: elsewhere, unit: running.name, active: 'active', hash: running.hash } as const;
  const fault = { kind: 'fault', id: 9_999, is: 'begun', what: 'it', machines: [elsewhere], etcd: true } as const;
  expect([...found(insert('in rest', { ...fault, isStandstill: true }, copy)).keys()]).not.toContain('single-copy');
  expect([...found(insert('in rest', fault, copy)).keys()]).toContain('single-copy');
});

test('every checker judges real histories, and is shown to', () => {
  expect(Object.keys(tampered).sort()).toEqual(
    allCheckers(fence)
      .map(({ name }) => name)
      .sort(),
  );
});

test('a violation is told with what has to do with it, and machines by name', () => {
  const history = { ...recorded, events: tampered['single-copy'] ?? [] };
  const { violation } = judgeHistory(history);
  if (violation === undefined) throw new Error('a second copy is not found');
  const text = violationText(history, violation);
  expect(text.split('\n').at(-1)).toBe(
    `single-copy: ${running.name} runs on ${[home, elsewhere].sort().join(' and ')} at once`,
  );
  expect(text).not.toContain(running.target);
});
