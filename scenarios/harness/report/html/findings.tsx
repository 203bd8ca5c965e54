import { Fragment } from 'react';
import type { RunReport } from '../../record/run-report.ts';
import { Section } from './parts/section.tsx';
import { VerdictMark } from './parts/verdict-mark.tsx';
import { count } from './parts/words.ts';

type Finding = RunReport['findings'][number];

const kinds = [
  { kind: 'claim', title: 'What this scenario claims' },
  { kind: 'invariant', title: 'What must hold in every run' },
  { kind: 'evidence', title: 'Evidence' },
] as const;

const severity = { fail: 0, unknown: 1, pass: 2 } as const;

/** Claims and invariants with their evidence; within each kind what did not pass comes first. */
export function Findings({ findings }: { readonly findings: readonly Finding[] }) {
  const tally = (['pass', 'fail', 'unknown'] as const)
    .map((verdict) => ({ verdict, number: findings.filter((finding) => finding.verdict === verdict).length }))
    .filter(({ number }) => number > 0)
    .map(({ verdict, number }) => `${number} ${verdict}`);
  return (
    <Section id="findings" title="What it proves">
      <p className="muted">
        {count(findings.length, 'statement')}: {tally.join(', ')}.
      </p>
      {kinds.map(({ kind, title }) => {
        const own = findings.filter((finding) => finding.kind === kind);
        return own.length > 0 && <Kind key={kind} title={title} findings={own} />;
      })}
    </Section>
  );
}

function Kind({ title, findings }: { readonly title: string; readonly findings: readonly Finding[] }) {
  const worstFirst = [...findings].sort((a, b) => severity[a.verdict] - severity[b.verdict]);
  return (
    <>
      <h3>{title}</h3>
      <ul className="findings">
        {worstFirst.map(({ name, verdict, evidence }, index) => (
          <li key={index} className={verdict}>
            <VerdictMark verdict={verdict} />
            <div>
              <strong>{name}</strong>
              <p>
                <Lines text={evidence} />
              </p>
            </div>
          </li>
        ))}
      </ul>
    </>
  );
}

function Lines({ text }: { readonly text: string }) {
  return text.split('\n').map((line, index) => (
    <Fragment key={index}>
      {index > 0 && <br />}
      {line.trim()}
    </Fragment>
  ));
}
