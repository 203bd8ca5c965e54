import type { RunReport } from '../record/run-report.ts';
import { seconds } from '../record/seconds.ts';

/** The verdict of a run in one sentence. Pure. */
export function runSentence(run: Pick<RunReport, 'verdict' | 'findings' | 'timeline'>): string {
  const { findings, timeline } = run;
  const count = (verdict: string) => findings.filter((finding) => finding.verdict === verdict);
  const seen = timeline.filter(({ atMs }) => atMs !== undefined);
  const [first, last] = [timeline[0], seen.find(({ headline }) => headline === true) ?? seen.at(-1)];
  const span =
    first?.atMs === undefined || last?.atMs === undefined || last === first
      ? ''
      : `, and ${last.name} came ${seconds(last.atMs - first.atMs)} after ${first.name}`;
  switch (run.verdict) {
    case 'pass':
      return `All ${findings.length} statements held${span}.`;
    case 'fail': {
      const [failed] = count('fail');
      const more = count('fail').length - 1;
      return `Refuted: ${failed?.name ?? ''}${more > 0 ? ` (and ${more} more)` : ''}${span}.`;
    }
    case 'unknown':
      return findings.length === 0
        ? 'Nothing was proven: the run made no statement.'
        : `Not proven for lack of evidence: ${count('unknown')[0]?.name ?? ''}.`;
  }
}
