/** `unknown`: some evidence is missing, so neither pass nor fail may be claimed. */
export type Verdict = 'pass' | 'fail' | 'unknown';

/** One proven (or refuted) statement about a run. */
export interface Finding {
  readonly name: string;
  readonly verdict: Verdict;
  /** The figures or names that show it. */
  readonly evidence: string;
}

export const verdictExitCodes: Readonly<Record<Verdict, number>> = { pass: 0, fail: 1, unknown: 2 };

/** One failure fails the run; else one unknown makes it unknown; a run that proved nothing is unknown. */
export function overallVerdict(findings: readonly Finding[]): Verdict {
  if (findings.some(({ verdict }) => verdict === 'fail')) return 'fail';
  if (findings.length === 0 || findings.some(({ verdict }) => verdict === 'unknown')) return 'unknown';
  return 'pass';
}
