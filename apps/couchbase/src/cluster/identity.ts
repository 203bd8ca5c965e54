/** What the server calls itself wherever it is asked: banner, console, /pools. */
export const serverName = 'coreos-lab embedded Couchbase-compatible server';

/**
 * Version string of /pools and node lists. Clients read the number as the level of the REST and key-value protocols
 * (couchbase-cli refuses to talk to what it thinks too old), the rest says what this really is.
 */
export const compatibilityVersion = '7.6.2-0-coreos-lab-embedded';
