/** What the server calls itself wherever it is asked: banner, console, /pools. */
export const serverName = 'coreos-lab embedded Couchbase-compatible server';
