const firstSurrogate = 0xd800;

/**
 * Orders two keys as etcd does, by their UTF-8 bytes. JavaScript's own order is that of UTF-16 units, which differs only where both
 * texts have a surrogate or what stands behind the surrogates at the first place in which they differ (RFC 3629, section 1).
 */
export function byBytes(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  for (let at = 0; at < shorter; at += 1) {
    const [unitOfA, unitOfB] = [a.charCodeAt(at), b.charCodeAt(at)];
    if (unitOfA === unitOfB) continue;
    if (unitOfA >= firstSurrogate && unitOfB >= firstSurrogate) return Buffer.compare(Buffer.from(a), Buffer.from(b));
    return unitOfA - unitOfB;
  }
  return a.length - b.length;
}
