import type { ReactNode } from 'react';

/** What stands before the console: one card in the middle of the page. */
export function Door({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className="door">
      <div className="card">
        <p className="brand">
          <Mark /> Couchbase <small>embedded</small>
        </p>
        <h1>{title}</h1>
        {children}
      </div>
      <p className="disclaimer">
        Not Couchbase Server: a single embedded node that speaks its protocols. Its documents live in memory.
      </p>
    </main>
  );
}

/** The mark of this console. */
export function Mark() {
  return (
    <svg className="mark" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" />
      <path d="M7 21l5-7 4 4 5-9 4 6" />
    </svg>
  );
}
