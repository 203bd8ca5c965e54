/**
 * How long the key that a unit announces outlives it, ms: N of `etcdctl set --ttl N` or `announce --ttl N` in its text, or in the values of its options; where that is
 * `${KEY_TTL}`, what `Environment=` says (in a shell `$${KEY_TTL:-N}`), `stretch` times as long on slower machines (their sidekick.env,
 * provision/cluster/slow-machine-files.ts). Undefined when it announces none.
 */
export function keyTtlMs(text: string, stretch: number): number | undefined {
  const ttl = /\b(?:etcdctl set|announce) --ttl (?:(\d+)|\$\$\{KEY_TTL:-(\d+)\}|\$\{KEY_TTL\})/.exec(text);
  if (!ttl) return undefined;
  if (ttl[1] !== undefined) return Number(ttl[1]) * 1000;
  const variable = ttl[2] ?? /^(?:Environment=)?KEY_TTL=(\d+)$/m.exec(text)?.[1];
  return variable === undefined ? undefined : Math.ceil(Number(variable) * stretch) * 1000;
}
