import { LabError } from '#errors/lab-error.ts';
import type { RunReport } from './run-report.ts';

/** One figure in both runs. */
export interface Compared {
  readonly name: string;
  /** undefined: it is not in that run, or never happened. */
  readonly a: number | undefined;
  readonly b: number | undefined;
  /** b - a, and b / a (undefined when a is 0 or either is missing). */
  readonly difference: number | undefined;
  readonly ratio: number | undefined;
  readonly unit: 'ms' | 'count';
}

export interface ComparedFinding {
  readonly name: string;
  readonly a: string | undefined;
  readonly b: string | undefined;
}

export interface Comparison {
  readonly scenario: string;
  readonly a: RunHead;
  readonly b: RunHead;
  readonly took: Compared;
  /** Since each run's own first moment. */
  readonly timeline: readonly Compared[];
  readonly measures: readonly (Compared & { readonly group: string | undefined })[];
  readonly probes: readonly (Compared & { readonly probe: string })[];
  readonly findings: readonly ComparedFinding[];
}

export type RunHead = Pick<RunReport, 'parameters' | 'verdict' | 'sentence' | 'startedAt' | 'runDir' | 'command'>;

/** Two runs of one scenario side by side. Pure. @throws LabError `usage.compare` for runs of different scenarios */
export function compareRuns(a: RunReport, b: RunReport): Comparison {
  if (a.scenario !== b.scenario) {
    throw new LabError({
      code: 'usage.compare',
      cause: `these are runs of different scenarios: ${a.scenario} and ${b.scenario}; their steps have nothing in common`,
      next: `lab runs ${a.scenario}`,
    });
  }
  return {
    scenario: a.scenario,
    a: headOf(a),
    b: headOf(b),
    took: compared('whole run', a.tookMs, b.tookMs),
    timeline: paired(steps(a), steps(b)).map(([name, x, y]) => compared(name, x, y)),
    measures: paired(measures(a), measures(b)).map(([key, x, y]) => {
      const [group = '', name = ''] = key.split('\0');
      return { ...compared(name, x, y), group: group === '' ? undefined : group };
    }),
    probes: paired(probeFigures(a), probeFigures(b)).map(([key, x, y]) => {
      const [probe = '', name = ''] = key.split('\0');
      return { ...compared(name, x, y, name === 'asked' || name === 'failed' ? 'count' : 'ms'), probe };
    }),
    findings: paired(verdicts(a), verdicts(b)).map(([name, x, y]) => ({ name, a: x, b: y })),
  };
}

function headOf({ parameters, verdict, sentence, startedAt, runDir, command }: RunReport): RunHead {
  return { parameters, verdict, sentence, startedAt, runDir, command };
}

/** One figure of two runs, undefined where a run has none: then there is no difference either. Pure. */
export function compared(
  name: string,
  a: number | undefined,
  b: number | undefined,
  unit: Compared['unit'] = 'ms',
): Compared {
  const both = a !== undefined && b !== undefined;
  return {
    name,
    a,
    b,
    unit,
    difference: both ? b - a : undefined,
    ratio: both && a !== 0 ? b / a : undefined,
  };
}

type Named<T> = readonly (readonly [name: string, value: T | undefined])[];

function steps({ timeline }: RunReport): Named<number> {
  const zero = timeline[0]?.atMs;
  return timeline
    .slice(1)
    .map(({ name, atMs }) => [name, atMs === undefined || zero === undefined ? undefined : atMs - zero]);
}

function measures({ measures: all }: RunReport): Named<number> {
  return all.map(({ name, group, ms }) => [`${group ?? ''}\0${name}`, ms]);
}

function probeFigures({ probes }: RunReport): Named<number> {
  return probes.flatMap(({ probe, asked, failed, medianMs, p99Ms, worstMs, longestOutageMs }) =>
    Object.entries({
      asked,
      failed,
      median: medianMs,
      '99th per cent': p99Ms,
      worst: worstMs,
      'longest outage': longestOutageMs,
    }).map(([name, value]): [string, number] => [`${probe}\0${name}`, value]),
  );
}

function verdicts({ findings }: RunReport): Named<string> {
  return findings.map(({ name, verdict }) => [name, verdict]);
}

/** By name, in the order of the first run, then what only the second has; of equal names the nth with the nth. */
export function paired<T>(a: Named<T>, b: Named<T>): [name: string, a: T | undefined, b: T | undefined][] {
  const left = numbered(a);
  const right = numbered(b);
  const keys = [...new Set([...left.keys(), ...right.keys()])];
  return keys.flatMap((key): [name: string, a: T | undefined, b: T | undefined][] => {
    const [x, y] = [left.get(key), right.get(key)];
    const either = x ?? y;
    return either === undefined ? [] : [[either[0], x?.[1], y?.[1]]];
  });
}

function numbered<T>(all: Named<T>): Map<string, Named<T>[number]> {
  const seen = new Map<string, number>();
  return new Map(
    all.map((one) => {
      const nth = (seen.get(one[0]) ?? 0) + 1;
      seen.set(one[0], nth);
      return [`${one[0]}\0\0${nth}`, one];
    }),
  );
}
