/** What the chapter's units give to `couchbase-cli cluster-init` (units/couchbase@.service). */
export const couchbaseAccess = { username: 'Administrator', password: 'Password1' } as const;

/** The same as a header of HTTP (RFC 7617). */
export const couchbaseHeaders = {
  authorization: `Basic ${Buffer.from(`${couchbaseAccess.username}:${couchbaseAccess.password}`).toString('base64')}`,
};
