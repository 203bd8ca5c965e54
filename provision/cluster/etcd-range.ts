/** A key and its value, as text. */
export interface EtcdPair {
  readonly key: string;
  readonly value: string;
}

export interface EtcdAnswer {
  /** The address of the member that answered. */
  readonly by: string;
  readonly pairs: readonly EtcdPair[];
}

/**
 * Everything below a prefix, read from the first of these members that answers through etcd's JSON gateway
 * (etcd documentation, "gRPC gateway": POST /v3/kv/range, keys and values in base64). Undefined when none answers.
 * @param deadlineMs for each member
 */
export async function readPrefix(
  addresses: readonly string[],
  prefix: string,
  deadlineMs: number,
): Promise<EtcdAnswer | undefined> {
  const body = JSON.stringify(prefixRange(prefix));
  for (const address of addresses) {
    const request = { method: 'POST', body, signal: AbortSignal.timeout(deadlineMs) };
    const response = await fetch(`http://${address}:2379/v3/kv/range`, request).catch(() => undefined);
    if (response?.ok !== true) continue;
    const { kvs = [] } = (await response.json()) as { kvs?: { key: string; value?: string }[] };
    return { by: address, pairs: kvs.map(({ key, value }) => ({ key: text(key), value: text(value ?? '') })) };
  }
  return undefined;
}

/** The range of all keys that begin with a prefix, as the gateway wants it: its end is the prefix with its last letter raised. */
export function prefixRange(prefix: string): { readonly key: string; readonly range_end: string } {
  const end = prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);
  return { key: base64(prefix), range_end: base64(end) };
}

function base64(plain: string): string {
  return Buffer.from(plain).toString('base64');
}

function text(encoded: string): string {
  return Buffer.from(encoded, 'base64').toString();
}
