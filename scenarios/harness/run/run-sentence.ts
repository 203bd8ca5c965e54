import type { RunReport } from '../record/run-report.ts';
import { seconds } from '#errors/seconds.ts';
import { mustHave } from '#errors/must-have.ts';

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
      const [failed, ...more] = count('fail');
      const { name } = mustHave(failed, 'statement that failed');
      return `Refuted: ${name}${more.length > 0 ? ` (and ${more.length} more)` : ''}${span}.`;
    }
    case 'unknown':
      return findings.length === 0
        ? 'Nothing was proven: the run made no statement.'
        : `Not proven for lack of evidence: ${mustHave(count('unknown')[0], 'statement that is not known').name}.`;
  }
}
