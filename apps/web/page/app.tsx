import { useEffect, useState } from 'react';
import { useLiveRows } from './live-rows.ts';
import { RowList } from './row-list.tsx';
import { ConnectionState, LastUpdate } from './status.tsx';

/** The whole page: who serves it, how fresh it is, and the newest rows. */
export function App() {
  const { connected, transport, failures, rows, fresh, updatedAt, documents, server } = useLiveRows();
  const visits = useVisits();
  return (
    <main>
      <header>
        <div className="title">
          <p className="overline">coreos-lab</p>
          <h1>Newest RSVPs</h1>
        </div>
        <ConnectionState connected={connected} transport={transport} failures={failures} known={server !== undefined} />
      </header>
      <dl className="facts">
        <Fact name="Served by" value={server?.instance} note={server?.machine} />
        <div>
          <dt>Last update</dt>
          <dd>
            <LastUpdate at={updatedAt} periodMs={server?.periodMs ?? 5000} />
          </dd>
        </div>
        <Fact name="Documents" value={documents?.toLocaleString('en')} />
        <Fact name="Your visits" value={visits?.toLocaleString('en')} />
      </dl>
      <RowList rows={rows} fresh={fresh} />
      {server && (
        <footer>
          Rows from <code>{server.couchbase}</code>, sessions in{' '}
          {server.memcached.map((address, index) => (
            <span key={address}>
              {index > 0 && ', '}
              <code>{address}</code>
            </span>
          ))}
        </footer>
      )}
    </main>
  );
}

function Fact({ name, value, note }: { name: string; value: string | undefined; note?: string | undefined }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {value ?? '–'}
        {value !== undefined && note ? <small> on {note}</small> : null}
      </dd>
    </div>
  );
}

/** How often this visitor was here, from the session in memcached, whichever instance served them. */
function useVisits(): number | undefined {
  const [visits, setVisits] = useState<number>();
  useEffect(() => {
    const stop = new AbortController();
    fetch('/session', { signal: stop.signal })
      .then((response) => response.json())
      .then((session: { visits?: number }) => setVisits(Math.max(1, session.visits ?? 0)))
      // A page without its visit count is still the page.
      .catch(() => undefined);
    return () => stop.abort();
  }, []);
  return visits;
}
