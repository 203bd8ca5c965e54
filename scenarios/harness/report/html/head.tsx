import type { RunReport } from '../../record/run-report.ts';
import { WithSymbol, verdictWords } from './parts/verdict-mark.tsx';
import { duration } from './parts/words.ts';

const spoken = { pass: 'Passed', fail: 'Failed', unknown: 'Unknown' } as const;

/** The verdict in one sentence, what was run, and how to run it again. */
export function Head({ report }: { readonly report: RunReport }) {
  const { verdict, scenario, sentence, summary, command } = report;
  return (
    <header className={verdict}>
      <p className="kicker">
        coreos-lab · scenario <strong>{scenario}</strong>
      </p>
      <h1>
        <span className={`badge ${verdict}`}>
          <WithSymbol symbol={verdictWords[verdict].symbol}>{spoken[verdict]}</WithSymbol>
        </span>{' '}
        {sentence}
      </h1>
      <p className="summary">{summary.charAt(0).toUpperCase() + summary.slice(1)}</p>
      <Facts facts={factsOf(report)} />
      <p className="repeat">
        Repeat it: <code>{command}</code>
      </p>
    </header>
  );
}

/** Names with their values, side by side while there is room. */
export function Facts({ facts }: { readonly facts: readonly (readonly [name: string, value: string])[] }) {
  return (
    <dl className="facts">
      {facts.map(([name, value], index) => (
        <div key={index}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function factsOf({ parameters, facts, startedAt, tookMs, lab }: RunReport): [string, string][] {
  const learnt = Object.entries(facts).filter(([name]) => !(name in parameters));
  return [
    ...[...Object.entries(parameters), ...learnt].map(([name, value]): [string, string] => [name, String(value)]),
    ['began', `${startedAt.slice(0, 19).replace('T', ' ')} UTC`],
    ['took', duration(tookMs)],
    ['lab', `${lab.name}, ${lab.provider}`],
  ];
}
