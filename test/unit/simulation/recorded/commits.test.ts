import { expect, test } from 'vitest';
import { fleetKeys } from '#platform/etcd/keys/fleet-keys.ts';
import { commitEvents } from '#simulation/recorded/assemble/commits.ts';
import type { Runs } from '#simulation/recorded/assemble/authors.ts';
import type { Recording, SeenCommit } from '#simulation/recorded/recording.ts';

const keys = fleetKeys();
const beganAt = 1_700_000_000_000;
const [one, two] = ['1'.repeat(32), '2'.repeat(32)];
const machines = [
  { name: 'core-01', id: one },
  { name: 'core-02', id: two },
];
const job = keys.job('a.service');

type Writes = Readonly<Record<string, string | undefined>>;
const seen = (revision: number, seenAt: number, writes: Writes): SeenCommit => ({
  revision,
  seenAt,
  writes: Object.entries(writes).map(([key, after]) => ({ key, after })),
});

const fleetdUp = (machine: string, at: number) =>
  ({ kind: 'daemon', at, machine, daemon: 'fleetd', is: 'up' }) as const;

function commitsOf(commits: readonly SeenCommit[], deeds: Recording['deeds'] = [], runs?: Runs) {
  const started: Runs = runs ?? new Map(machines.map(({ name }) => [name, [fleetdUp(name, 0)]]));
  const start = { keys: new Map([[keys.leader, `${one} 77`]]), revision: 10, etcdLeader: undefined };
  const events = commitEvents(
    {
      facts: { keys, machines, ttlSeconds: 5 },
      beganAt,
      start,
      commits,
      journals: new Map(),
      deeds,
      outages: [],
      kills: [],
    },
    started,
  );
  expect(events[0]).toMatchObject({ at: 1, revision: 10, author: 'fleetd core-01 #1' });
  return events.slice(1);
}

const decided = (by: string, at: number) => JSON.stringify([{ at: beganAt + at, kind: 'place', reason: 'room', by }]);

test('a decision is of the engine that is named beside it, and of the moment that it says', () => {
  const [place, nobody] = commitsOf([
    seen(11, 4_000, { [job.object]: '{}', [job.target]: two, [job.decisions]: decided('core-02', 3_970) }),
    seen(12, 5_000, { [job.target]: one }),
  ]);
  expect(place).toMatchObject({ at: 3_970, author: 'fleetd core-02 #1' });
  // Nothing says who that was: no engine of fleet's writes so.
  expect(nobody).toMatchObject({ at: 5_000, author: 'somebody' });
  expect(nobody?.changes).toEqual([{ key: job.target, before: two, after: one }]);
});

test('times go forward as etcd’s revisions do, whoever tells of them when', () => {
  const events = commitsOf([
    seen(11, 4_000, { [keys.state('a.service', one)]: 'x' }),
    seen(12, 4_001, { [job.object]: '{}', [job.target]: two, [job.decisions]: decided('core-01', 3_000) }),
  ]);
  // What was decided at 3 s was written after what was there before it.
  expect(events.map(({ at }) => at)).toEqual([3_000, 3_000]);
});

test('a machine registers after its fleetd has begun, whatever was decided meanwhile and written later', () => {
  const runs: Runs = new Map([
    ['core-01', [fleetdUp('core-01', 0)]],
    ['core-02', [fleetdUp('core-02', 0), fleetdUp('core-02', 3_500)]],
  ]);
  const late = [
    seen(11, 4_000, { [keys.machine(two)]: 'x' }),
    seen(12, 4_300, { [job.decisions]: decided('core-01', 3_200) }),
  ];
  expect(commitsOf(late, [], runs).map(({ at }) => at)).toEqual([3_501, 3_501]);
});

test('what a user asked for became so when it was told, a moment earlier at most, and never before it was asked for', () => {
  const asked = (at: number) =>
    ({
      kind: 'operation',
      at,
      id: 1,
      client: 'user-1',
      does: { kind: 'want', unit: 'a.service', desired: 'loaded' },
      is: 'asked',
    }) as const;
  const commit = [seen(11, 4_000, { [job.desired]: 'loaded' })];
  expect(commitsOf(commit, [asked(3_990)])).toMatchObject([{ at: 3_990, author: 'a user' }]);
  expect(commitsOf(commit, [asked(1_000)])).toMatchObject([{ at: 3_500 }]);
  expect(commitsOf(commit, [asked(4_500)])).toMatchObject([{ at: 4_000 }]);
});

test('a machine’s key is its fleetd’s, by the run it was then; without it, etcd has let the lease run out or fleetd has left', () => {
  const runs: Runs = new Map([
    ['core-01', [fleetdUp('core-01', 0), { ...fleetdUp('core-01', 2_000), is: 'down' }, fleetdUp('core-01', 3_000)]],
    ['core-02', [fleetdUp('core-02', 0), { ...fleetdUp('core-02', 6_000), is: 'leaving' }]],
  ]);
  const events = commitsOf(
    [
      seen(11, 3_500, { [keys.machine(one)]: 'x' }),
      seen(12, 4_000, { [keys.machine(two)]: undefined }),
      seen(13, 5_000, { [keys.leader]: `${one} 99` }),
      seen(14, 6_500, { [keys.machine(two)]: undefined, [keys.machineLeft(two)]: 'x' }),
      seen(15, 7_000, { [keys.state('a.service', two)]: 'x' }),
      seen(16, 8_000, { [keys.machineMetadata(two, 'rack')]: 'a' }),
    ],
    [],
    runs,
  );
  expect(events.map(({ author }) => author)).toEqual([
    'fleetd core-01 #2',
    'etcd',
    'fleetd core-01 #2',
    'fleetd core-02 #1',
    'fleetd core-02 #1',
    'a user',
  ]);
});
