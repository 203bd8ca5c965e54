import { expect, it } from 'vitest';
import { expectationOf } from '#dashboard/deeds/expectation.ts';
import { predictFailover } from '#scenarios/harness/prediction/failover-steps.ts';
import { runRecord, unit, view } from '../scenarios/recorded.ts';

const seen = view({
  machines: ['core-01', 'core-02', 'core-03'],
  units: [
    unit('couchbase@1.service', 'core-01'),
    unit('couchbase-sidekick@1.service', 'core-01'),
    unit('web@1.service', 'core-01'),
    unit('web@2.service', 'core-02'),
    unit('memcached@1.service', 'core-03'),
  ],
  keys: { '/services/couchbase/1': '10.1.1.2' },
});
const expected = (machine: string, by: 'halt' | 'pause', others = 2) =>
  expectationOf({
    by,
    machine,
    view: seen,
    steps: predictFailover({
      by,
      timers: runRecord().config.timers,
      stretch: 1,
      etcdLeader: false,
      couchbase: machine === 'core-01',
      workerStays: true,
      memcachedMoves: false,
      fence: false,
      units: { web: { restartMs: 5_000 }, worker: { restartMs: 10_000 } },
    }),
    others,
    all: 3,
  });

it('names what moves, by when, what is lost, and what finds no place', () => {
  const [gone, moves, again, documents, web, back, ...rest] = expected('core-01', 'halt');
  expect(gone).toMatch(/^After 0\.00 to [\d.]+ s fleet no longer lists core-01 \(the units' orderly stop/);
  expect(moves).toMatch(/^By 0\.00 to [\d.]+ s the engine has placed anew: couchbase@1, couchbase-sidekick@1\.$/);
  expect(again).toMatch(/^couchbase@1 runs again after 2\.00 to /);
  expect(documents).toBe('Its documents are gone: they are in the container.');
  expect(web).toMatch(/^web@1 finds no machine/);
  expect([back, rest]).toEqual(['lab up core-01 brings it back, with its disk.', []]);
});

it('of a machine that stands still, or has only a web unit', () => {
  const lines = expected('core-02', 'pause');
  expect(lines[0]).toContain('presence lease 4 s');
  expect(lines).toContain('Nothing on it has to move.');
  expect(lines.at(-1)).toContain('until everything is given back');
});

it('without a quorum nothing is decided', () => {
  expect(expected('core-01', 'halt', 1)).toEqual([
    expect.stringContaining(
      "Of 3 machines 1 would be left, and etcd needs 2: it takes no write, and fleet's engine decides nothing",
    ),
    expect.stringContaining('What runs goes on running.'),
  ]);
});
