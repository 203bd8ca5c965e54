/** What the server calls itself wherever it is asked: banner, admin page, /pools. */
export const serverName = 'coreos-lab embedded Couchbase-compatible server';
