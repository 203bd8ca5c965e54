import { hundredths } from '#errors/seconds.ts';
import type { ScenarioContext } from '../scenario.ts';
import type { Finding } from '../harness/record/verdict.ts';
import type { Delays } from './delays.ts';
import { distribution, spread } from './distribution.ts';
import { type PhaseMoments, phaseNames, phaseSpans } from './phases.ts';
import { predictedPhase, type UnitKind } from './predictions.ts';

/** One bootstrap, start to end, in ms of the run. */
export interface Round {
  readonly unit: UnitKind;
  readonly askedMs: number;
  readonly moments: PhaseMoments;
}

type Measurement = { readonly name: string } & Parameters<ScenarioContext['measure']>[1];

/**
 * One measure per unit and phase. Of several rounds it is the round with the median, and the detail says how they spread. Pure.
 */
export function phaseMeasures(rounds: readonly Round[], kind: Delays): Measurement[] {
  return unitsOf(rounds).flatMap((unit) => {
    const own = rounds.filter((round) => round.unit === unit);
    const perRound = own.map((round) => phaseSpans(round.moments, round.askedMs));
    const steps = phaseNames.map((name, index) => {
      const all = perRound.flatMap((phases) => phases[index] ?? []);
      const early = Math.max(0, ...all.map(({ earlyMs }) => earlyMs));
      return measurement(name, all, {
        detail: early > 0 ? `up to ${hundredths(early)} before the phase it should follow` : undefined,
        predicted: predictedPhase(name, unit, kind),
      });
    });
    const whole = own.map(({ askedMs, moments }) => ({ from: askedMs, to: moments['first view row'] }));
    return [...steps, measurement('in all', whole, {})].map((measure) => ({ ...measure, group: `${unit} unit` }));
  });
}

function measurement(
  name: string,
  all: readonly { from: number; to: number | undefined }[],
  { detail, predicted }: { detail?: string | undefined; predicted?: Measurement['predicted'] | undefined },
): Measurement {
  const took = all.flatMap(({ from, to }) => (to === undefined ? [] : [{ from, to }]));
  const figures = distribution(took.map(({ from, to }) => to - from));
  const shown = took.find(({ from, to }) => to - from === figures?.median) ?? {
    from: all[0]?.from ?? 0,
    to: undefined,
  };
  const many =
    figures === undefined || figures.count === 1
      ? undefined
      : `min / median / p90 / max of ${figures.count}: ${spread(figures)}`;
  const details = [many, detail].filter((text) => text !== undefined).join('; ');
  return {
    name,
    ...shown,
    ...(details === '' ? {} : { detail: details }),
    ...(predicted === undefined ? {} : { predicted }),
  };
}

/** Totals of each unit and how the two compare, for the head of the report. Pure. */
export function totals(rounds: readonly Round[]): Record<string, string | number> {
  const facts: Record<string, string | number> = {};
  const medians = new Map<UnitKind, number>();
  for (const unit of unitsOf(rounds)) {
    const took = rounds.flatMap(({ unit: kind, askedMs, moments: { 'first view row': end } }) =>
      kind === unit && end !== undefined ? [end - askedMs] : [],
    );
    const figures = distribution(took);
    if (figures === undefined) continue;
    medians.set(unit, figures.median);
    const shown = `min / median / p90 / max of ${figures.count}: ${spread(figures)}`;
    facts[`${unit} unit, command to first row`] = figures.count === 1 ? hundredths(figures.median) : shown;
  }
  const [book, conditions] = [medians.get('book'), medians.get('conditions')];
  if (book !== undefined && conditions !== undefined)
    facts['conditions unit / book unit'] = Number((conditions / book).toFixed(2));
  return facts;
}

/** What the rounds prove: nothing was missed, and what each unit announces. Pure. */
export function bootstrapFindings(rounds: readonly Round[]): Finding[] {
  const unseen = rounds.flatMap(({ unit, moments }, index) =>
    phaseNames.filter((name) => moments[name] === undefined).map((name) => `round ${index + 1} (${unit}): ${name}`),
  );
  const seen = `${rounds.length} bootstraps of ${phaseNames.length} phases`;
  return [
    {
      name: 'every phase of every bootstrap was seen',
      verdict: unseen.length === 0 ? 'pass' : 'unknown',
      evidence: unseen.length === 0 ? seen : unseen.join('; '),
    },
    orderFinding(rounds),
    ...announcedReady(rounds),
  ];
}

/** Readiness is seen by asking every 50 ms, the rest by clocks: this much earlier is not out of order. */
const resolutionMs = 250;

/** The key is left out: the book's unit may set it before the bucket is ready, which is a finding of its own. */
function orderFinding(rounds: readonly Round[]): Finding {
  const wrong = rounds.flatMap(({ moments, askedMs, unit }, index) => {
    const { 'key registered': _key, ...rest } = moments;
    return phaseSpans(rest, askedMs)
      .filter(({ earlyMs }) => earlyMs > resolutionMs)
      .map(({ name, earlyMs }) => `round ${index + 1} (${unit}): ${name} ${earlyMs} ms too early`);
  });
  const verdict = wrong.length === 0 ? 'pass' : 'fail';
  const evidence =
    wrong.length === 0 ? phaseNames.filter((name) => name !== 'key registered').join(' < ') : wrong.join('; ');
  return { name: 'the phases followed each other in the unit’s order', verdict, evidence };
}

function announcedReady(rounds: readonly Round[]): Finding[] {
  const own = rounds.filter(({ unit }) => unit === 'conditions');
  if (own.length === 0) return [];
  const late = own.map(({ moments }) => (moments['key registered'] ?? NaN) - (moments['bucket ready'] ?? NaN));
  const name = 'the unit that waits on conditions announces a bucket that is ready';
  if (late.some(Number.isNaN)) return [{ name, verdict: 'unknown', evidence: 'key or bucket was not seen' }];
  const least = Math.min(...late);
  const evidence = `key set ${hundredths(Math.abs(least))} ${least < 0 ? 'before' : 'after'} it (at least)`;
  return [{ name, verdict: least >= -resolutionMs ? 'pass' : 'fail', evidence }];
}

function unitsOf(rounds: readonly Round[]): UnitKind[] {
  return [...new Set(rounds.map(({ unit }) => unit))];
}
