import type { ViewRows } from '../rest/shapes.ts';
import { hrefOf } from '../shell/route.ts';

/** Rows of a view; those that are no reduction lead to their documents. */
export function ResultTable({ bucket, rows }: { bucket: string; rows: ViewRows['rows'] }) {
  if (rows.length === 0) return <p className="empty">No rows.</p>;
  const haveIds = rows.some(({ id }) => id !== undefined);
  return (
    <table className="stacked results">
      <thead>
        <tr>
          <th scope="col">Key</th>
          <th scope="col">Value</th>
          {haveIds && <th scope="col">Document</th>}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ id, key, value }, index) => (
          // A view may have equal rows, and these never change their places.
          <tr key={index}>
            <td data-label="Key">
              <code className="preview">{JSON.stringify(key)}</code>
            </td>
            <td data-label="Value">
              <code className="preview">{JSON.stringify(value)}</code>
            </td>
            {haveIds && (
              <td data-label="Document">
                {id !== undefined && <a href={hrefOf({ page: 'document', bucket, key: id })}>{id}</a>}
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
