import { useState } from 'react';
import { bytes } from '../parts/format.ts';
import { Problem } from '../parts/problem.tsx';
import { paths } from '../rest/paths.ts';
import type { DocumentList } from '../rest/shapes.ts';
import { useRest } from '../rest/use-rest.ts';
import { hrefOf } from '../shell/route.ts';

const pageSize = 20;
const previewCharacters = 200;

/** One page of documents after the other. @param text to search for; empty for all */
export function DocumentTable({ bucket, text, refreshMs }: { bucket: string; text: string; refreshMs: number }) {
  // First IDs of the pages up to the one that is shown; the first page begins at the beginning.
  const [starts, setStarts] = useState<readonly (string | undefined)[]>([undefined]);
  const query = queryOf(text, starts.at(-1));
  const { data, error, isValidating, mutate } = useRest<DocumentList>(paths.documents(bucket, query), refreshMs);
  if (data === undefined) {
    return error === undefined ? <p className="note">Looking …</p> : <Problem error={error} what="Not listed." />;
  }
  // One more is asked for, to see whether there is another page.
  const next = data.rows[pageSize]?.id;
  return (
    <section className="card" aria-busy={isValidating}>
      <Problem error={error} what="Not listed anew." />
      {data.rows.length === 0 && starts.length === 1 ? (
        <p className="empty">{text === '' ? 'No documents yet.' : `No document has “${text}” in it.`}</p>
      ) : (
        <Rows bucket={bucket} rows={data.rows.slice(0, pageSize)} />
      )}
      {data.incomplete === true && (
        <p className="notice warn" role="status">
          The search took too long and was ended: there may be more. A longer text finds fewer.
        </p>
      )}
      <nav className="pages" aria-label="Pages of documents">
        <button type="button" disabled={starts.length === 1} onClick={() => setStarts(starts.slice(0, -1))}>
          Previous
        </button>
        <span>Page {starts.length}</span>
        <button type="button" disabled={next === undefined} onClick={() => setStarts([...starts, next])}>
          Next
        </button>
        <button type="button" className="quiet" onClick={() => void mutate()}>
          Refresh
        </button>
      </nav>
    </section>
  );
}

function queryOf(text: string, start: string | undefined): URLSearchParams {
  const query = new URLSearchParams({ limit: String(pageSize + 1), preview: String(previewCharacters) });
  if (text !== '') query.set('q', text);
  if (start !== undefined) query.set('startkey', JSON.stringify(start));
  return query;
}

function Rows({ bucket, rows }: { bucket: string; rows: DocumentList['rows'] }) {
  return (
    <table className="stacked documents">
      <thead>
        <tr>
          <th scope="col">ID</th>
          <th scope="col">Content</th>
          <th scope="col" className="number">
            Size
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ id, preview }) => (
          <tr key={id}>
            <th scope="row">
              <a href={hrefOf({ page: 'document', bucket, key: id })}>{id}</a>
            </th>
            <td data-label="Content">
              <code className="preview">{preview.text ?? 'binary'}</code>
            </td>
            <td className="number" data-label="Size">
              {bytes(preview.bytes)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
