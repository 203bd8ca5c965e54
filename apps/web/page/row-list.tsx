import type { Row } from './live-rows.ts';

/** The rows as `key : value` lines; what the last message brought lights up once. */
export function RowList({ rows, fresh }: { rows: readonly Row[] | undefined; fresh: ReadonlySet<string> }) {
  if (!rows) return <p className="empty">Waiting for the first rows …</p>;
  if (rows.length === 0) return <p className="empty">No RSVP is stored yet.</p>;
  return (
    <ol className="rows" aria-label="Newest RSVPs">
      {rows.map((row) => (
        <li key={row.id} className={fresh.has(row.id) ? 'fresh' : ''}>
          <span className="key">{row.key}</span>
          <span className="colon"> : </span>
          <span className="value">{row.value}</span>
        </li>
      ))}
    </ol>
  );
}
