import { useEffect, useRef, useState, type SubmitEvent } from 'react';
import { counted } from '../parts/format.ts';
import { Problem } from '../parts/problem.tsx';
import { ask, type RestError } from '../rest/ask.ts';
import { paths } from '../rest/paths.ts';
import type { ViewRows, ViewSource } from '../rest/shapes.ts';
import { QueryForm } from './query-form.tsx';
import { ResultTable } from './result-table.tsx';
import { initialParameters, queryOf, type ViewParameters } from './view-parameters.ts';

/** The server gives a view two minutes, and builds its index within them. */
const timeoutMs = 130_000;

interface Result {
  readonly rows: ViewRows;
  readonly tookMs: number;
}

/** Queries a view and shows the rows. */
export function ViewResults(props: { bucket: string; design: string; view: string; source: ViewSource }) {
  const { bucket, design, view, source } = props;
  const hasReduce = (source.reduce ?? '') !== '';
  const [parameters, setParameters] = useState<ViewParameters>({ ...initialParameters, reduce: hasReduce });
  const [result, setResult] = useState<Result>();
  const [error, setError] = useState<RestError>();
  const running = useRef<AbortController>(null);
  const [isBusy, setBusy] = useState(false);
  useEffect(() => () => running.current?.abort(), []);
  const query = queryOf(parameters, hasReduce);
  const run = async () => {
    running.current?.abort();
    const stop = new AbortController();
    running.current = stop;
    setBusy(true);
    const began = performance.now();
    try {
      const rows = await ask<ViewRows>(paths.view(bucket, design, view, query), { signal: stop.signal, timeoutMs });
      setResult({ rows, tookMs: performance.now() - began });
      setError(undefined);
    } catch (problem) {
      if (stop.signal.aborted) return;
      setResult(undefined);
      setError(problem as RestError);
    }
    setBusy(false);
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    void run();
  };
  return (
    <section className="card" aria-busy={isBusy}>
      <h2>Rows</h2>
      <QueryForm parameters={parameters} hasReduce={hasReduce} onChange={setParameters} onSubmit={submit} />
      <p className="address">
        <code>{`/${bucket}/_design/${design}/_view/${view}?${query.toString()}`}</code>
      </p>
      <p className="note" role="status">
        {isBusy ? 'Asking …' : result && toldOf(result)}
      </p>
      <Problem error={error} what="No rows." />
      {result?.rows.errors?.map(({ reason }) => (
        <p key={reason} className="notice bad" role="alert">
          {reason}
        </p>
      ))}
      {result && <ResultTable bucket={bucket} rows={result.rows.rows} />}
    </section>
  );
}

function toldOf({ rows, tookMs }: Result): string {
  const inIndex = rows.total_rows === undefined ? '' : ` of ${counted(rows.total_rows, 'row')} in the index`;
  return `${counted(rows.rows.length, 'row')}${inIndex}, in ${Math.round(tookMs)} ms`;
}
