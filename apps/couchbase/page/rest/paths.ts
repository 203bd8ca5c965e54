/** Paths of the server's REST API, names encoded. */
export const paths = {
  pools: '/pools',
  pool: '/pools/default',
  buckets: '/pools/default/buckets',
  bucket: (bucket: string) => ofBucket(bucket, ''),
  stats: (bucket: string) => ofBucket(bucket, '/stats?zoom=minute'),
  flush: (bucket: string) => ofBucket(bucket, '/controller/doFlush'),
  designs: (bucket: string) => ofBucket(bucket, '/ddocs'),
  documents: (bucket: string, query: URLSearchParams) => ofBucket(bucket, `/docs?${query.toString()}`),
  document: (bucket: string, key: string) => ofBucket(bucket, `/docs/${encodeURIComponent(key)}`),
  design: (bucket: string, design: string) =>
    `/couchBase/${encodeURIComponent(bucket)}/_design/${encodeURIComponent(design)}`,
  view: (bucket: string, design: string, view: string, query: URLSearchParams) =>
    `${paths.design(bucket, design)}/_view/${encodeURIComponent(view)}?${query.toString()}`,
  users: '/settings/rbac/users',
  administrator: '/settings/web',
};

function ofBucket(bucket: string, rest: string): string {
  return `/pools/default/buckets/${encodeURIComponent(bucket)}${rest}`;
}
