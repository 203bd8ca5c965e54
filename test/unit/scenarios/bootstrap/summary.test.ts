import { expect, it } from 'vitest';
import { phaseNames } from '#scenarios/bootstrap/phases.ts';
import { bootstrapFindings, phaseMeasures, type Round, totals } from '#scenarios/bootstrap/summary.ts';
import { overallVerdict } from '#scenarios/harness/record/verdict.ts';

/** A round whose phases take these many ms each. */
function round(unit: Round['unit'], askedMs: number, ...took: readonly number[]): Round {
  let at = askedMs;
  const moments = Object.fromEntries(phaseNames.map((name, index) => [name, (at += took[index] ?? 100)]));
  return { unit, askedMs, moments: moments };
}

const rounds = [
  round('book', 0, 600, 200, 300, 400, 5_000, 600, 800, 50, 40),
  round('conditions', 20_000, 600, 200, 300, 400, 500, 600, 800, 50, 40),
];

const complaints = (all: readonly Round[]) =>
  bootstrapFindings(all)
    .filter(({ verdict }) => verdict !== 'pass')
    .map(({ name, verdict, evidence }) => `${verdict}: ${name}: ${evidence}`);

it('two sound bootstraps pass, and are measured phase by phase, side by side', () => {
  expect(complaints(rounds)).toEqual([]);
  expect(overallVerdict(bootstrapFindings(rounds))).toBe('pass');
  const measures = phaseMeasures(rounds, 'none');
  expect(measures.map(({ group, name }) => `${group}: ${name}`)).toEqual(
    ['book unit', 'conditions unit'].flatMap((unit) => [...phaseNames, 'in all'].map((name) => `${unit}: ${name}`)),
  );
  const init = measures.filter(({ name }) => name === 'cluster-init done');
  expect(init.map(({ from, to, predicted }) => [(to ?? NaN) - from, predicted?.maxMs])).toEqual([
    [5_000, 5_000],
    [500, undefined],
  ]);
  expect(totals(rounds)).toMatchObject({ 'conditions unit / book unit': 0.44 });
});

it('of several rounds the median is shown, with its spread', () => {
  const many = [3, 1, 2, 9].map((seconds, n) => round('book', n * 50_000, seconds * 1_000));
  const [first] = phaseMeasures(many, 'none');
  expect(first).toMatchObject({
    from: 100_000,
    to: 102_000,
    detail: 'min / median / p90 / max of 4: 1.00 / 2.00 / 9.00 / 9.00 s',
  });
});

it('pretended delays are predicted', () => {
  const predicted = (unit: Round['unit']) =>
    Object.fromEntries(
      phaseMeasures([round(unit, 0)], 'realistic').flatMap(({ name, predicted: p }) =>
        p === undefined ? [] : [[name, [p.minMs, p.maxMs]]],
      ),
    );
  expect(predicted('book')).toEqual({
    '8091 answers': [13_500, 13_500],
    'cluster-init done': [0, 1_000],
    'bucket ready': [5_000, 5_000],
  });
  expect(predicted('conditions')).not.toHaveProperty('cluster-init done');
});

const without = (name: string) => {
  const [book, conditions] = rounds;
  const moments = Object.fromEntries(Object.entries(conditions?.moments ?? {}).filter(([phase]) => phase !== name));
  return [book, { ...conditions, moments }] as Round[];
};
const moved = (index: number, name: string, ms: number) =>
  rounds.map((one, n) =>
    n === index ? { ...one, moments: { ...one.moments, [name]: (one.moments[name as 'first write'] ?? 0) + ms } } : one,
  );

it.each<[what: string, rounds: Round[], complaint: RegExp]>([
  ['a phase that nobody saw', without('image pulled'), /^unknown: every phase.*round 2 \(conditions\): image pulled/],
  ['a total that never ended', without('first view row'), /^unknown: every phase.*first view row/],
  ['a write before the bucket', moved(0, 'first write', -2_000), /^fail: the phases.*round 1 \(book\): first write/],
  [
    'a condition unit that announces too early',
    moved(1, 'key registered', -1_500),
    /^fail: the unit that waits.*before/,
  ],
])('%s is found', (_what, changed, complaint) => {
  expect(complaints(changed).join('\n')).toMatch(complaint);
});

it('the book’s unit may announce a bucket that still warms up', () => {
  expect(complaints(moved(0, 'key registered', -1_500))).toEqual([]);
  const key = phaseMeasures(moved(0, 'key registered', -1_500), 'none').find(({ name }) => name === 'key registered');
  expect(key).toMatchObject({ detail: 'up to 0.70 s before the phase it should follow' });
});
