import type { RestError } from '../rest/ask.ts';

/** What went wrong, in the server's words. */
export function Problem({ error, what }: { error: RestError | undefined; what: string }) {
  if (error === undefined || error.status === 401) return null;
  return (
    <p className="notice bad" role="alert">
      <strong>{what}</strong> {error.message}
    </p>
  );
}
