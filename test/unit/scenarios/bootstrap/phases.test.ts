import { expect, it } from 'vitest';
import { phaseMoments, phaseNames, phaseSpans, type SeenRound } from '#scenarios/bootstrap/phases.ts';
import { journal, runBeganMs } from '../recorded.ts';

const unit = 'couchbase@1.service';
const seen: SeenRound = {
  machine: 'core-01',
  askedMs: runBeganMs + 1_000,
  endMs: runBeganMs + 9_000,
  containerStartedMs: runBeganMs + 3_100,
  answeredMs: runBeganMs + 3_400,
  bucketReadyMs: runBeganMs + 5_200,
  keyMs: runBeganMs + 5_900,
  writtenMs: runBeganMs + 6_100,
  rowMs: runBeganMs + 6_150,
};

/** As the machines wrote it. */
const lines = [
  journal(1_600, 'core-01', unit, 'Starting couchbase@1.service - Couchbase node 1...'),
  journal(1_700, 'core-01', unit, 'Error: No such container: couchbase-1'),
  journal(1_800, 'core-01', unit, 'community-4.0.0: Pulling from library/couchbase'),
  journal(2_800, 'core-01', unit, 'Status: Downloaded newer image for couchbase:community-4.0.0'),
  journal(4_600, 'core-01', unit, 'SUCCESS: init/edit 10.15.1.2'),
  journal(5_300, 'core-01', unit, 'SUCCESS: bucket-create'),
  journal(5_500, 'core-01', unit, 'Started couchbase@1.service - Couchbase node 1.'),
];

it('the journal and what the round saw make one line of moments', () => {
  expect(phaseMoments(seen, lines, runBeganMs)).toEqual({
    'unit starting': 1_600,
    'image pulled': 2_800,
    'container started': 3_100,
    '8091 answers': 3_400,
    'cluster-init done': 4_600,
    'bucket ready': 5_200,
    'key registered': 5_900,
    'first write': 6_100,
    'first view row': 6_150,
  });
});

it('an image that was there counts as pulled too', () => {
  const status = 'Status: Image is up to date for couchbase:community-4.0.0';
  expect(phaseMoments(seen, [journal(2_000, 'core-01', unit, status)], runBeganMs)['image pulled']).toBe(2_000);
});

it.each([
  ['an earlier round', lines.map((line) => ({ ...line, wallMs: line.wallMs - 5_000 }))],
  ['a later round', lines.map((line) => ({ ...line, wallMs: line.wallMs + 9_000 }))],
  ['another machine', lines.map((line) => ({ ...line, machine: 'core-02' }))],
  ['another unit', lines.map((line) => ({ ...line, unit: 'web@1.service' }))],
])('lines of %s are not taken', (_whose, others) => {
  const moments = phaseMoments(seen, others, runBeganMs);
  expect(phaseNames.filter((name) => moments[name] === undefined)).toEqual([
    'unit starting',
    'image pulled',
    'cluster-init done',
  ]);
});

it('a phase that came before the one it should follow says so and takes no time', () => {
  const moments = { ...phaseMoments(seen, lines, runBeganMs), 'key registered': 5_000 };
  const found = phaseSpans(moments, 1_000);
  const of = (name: string) => found.find((span) => span.name === name);
  expect(of('key registered')).toEqual({ name: 'key registered', from: 5_000, to: 5_000, earlyMs: 200 });
  expect(of('first write')).toMatchObject({ from: 5_200, to: 6_100, earlyMs: 0 });
});

it('a phase that was never seen has no end, and the next one goes on from the last that was', () => {
  const { 'cluster-init done': _unseen, ...moments } = phaseMoments(seen, lines, runBeganMs);
  const found = phaseSpans(moments, 1_000);
  expect(found.find(({ name }) => name === 'cluster-init done')).toMatchObject({ from: 3_400, to: undefined });
  expect(found.find(({ name }) => name === 'bucket ready')).toMatchObject({ from: 3_400, to: 5_200 });
});
