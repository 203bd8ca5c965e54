/**
 * How long the key that a unit announces outlives it, ms: N of `etcdctl set --ttl N` in its text, and the default of
 * `$${KEY_TTL:-N}` on machines that are `stretch` times slower (their sidekick.env, provision/cluster/slow-machine-files.ts);
 * undefined when it announces none.
 */
export function keyTtlMs(text: string, stretch: number): number | undefined {
  const ttl = /\betcdctl set --ttl (?:(\d+)|\$\$\{KEY_TTL:-(\d+)\})/.exec(text);
  if (!ttl) return undefined;
  return ttl[1] === undefined ? Math.ceil(Number(ttl[2]) * stretch) * 1000 : Number(ttl[1]) * 1000;
}
