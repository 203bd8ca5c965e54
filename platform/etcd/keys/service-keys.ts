/**
 * Where sidekicks announce what they follow (units/*-sidekick@.service, by `announce` or etcdctl): key `/services/KIND/INSTANCE`, value `ADDR` or
 * `ADDR:PORT`. The chapter's layout.
 */
export const servicesPrefix = '/services/';

/** All announcements of a kind (`couchbase`), without a slash at the end: `/services/couchbase`. */
export function serviceDirectory(kind: string): string {
  return `${servicesPrefix}${kind}`;
}

/** @param instance of the unit that is announced: `1` of couchbase@1 */
export function serviceKey(kind: string, instance: string | number): string {
  return `${serviceDirectory(kind)}/${instance}`;
}

/** `couchbase/1` of `/services/couchbase/1`; undefined for keys that announce nothing: directory markers, deeper or other keys. */
export function readServiceKey(key: string): { readonly kind: string; readonly instance: string } | undefined {
  const [, kind, instance] = key.startsWith(servicesPrefix)
    ? (/^([^/]+)\/([^/]+)$/.exec(key.slice(servicesPrefix.length)) ?? [])
    : [];
  return kind === undefined || instance === undefined ? undefined : { kind, instance };
}

/** What an announcement says; undefined when it is no address. */
export function readAnnouncement(
  value: string,
): { readonly address: string; readonly port: number | undefined } | undefined {
  const [, address, port] = /^([^:\s]+)(?::(\d{1,5}))?$/.exec(value.trim()) ?? [];
  return address === undefined ? undefined : { address, port: port === undefined ? undefined : Number(port) };
}

/** Where a memcached listens whose announcement has no port. */
export const memcachedPort = 11211;

/** How long a key outlives its sidekick: what the units say, s. */
export const announcementTtlSeconds = 8;
