import { LabError } from '../../errors/lab-error.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const text = (encoded: string | undefined) => Buffer.from(encoded ?? '', 'base64').toString();

/**
 * All discovery keys, read from the first etcd member that answers through etcd's JSON gateway
 * (etcd documentation, "gRPC gateway": POST /v3/kv/range, keys and values in base64).
 */
export async function discoveryKeys(addresses: readonly string[], deadlineMs: number): Promise<Record<string, string>> {
  const body = JSON.stringify({ key: base64('/services/'), range_end: base64('/services0') });
  for (const address of addresses) {
    const request = { method: 'POST', body, signal: AbortSignal.timeout(deadlineMs) };
    const response = await fetch(`http://${address}:2379/v3/kv/range`, request).catch(() => undefined);
    if (response?.ok !== true) continue;
    const answer = (await response.json()) as { kvs?: { key: string; value?: string }[] };
    return Object.fromEntries((answer.kvs ?? []).map(({ key, value }) => [text(key), text(value)]));
  }
  throw new LabError({ code: 'timeout.etcd', cause: 'no etcd member answers', next: 'lab status' });
}
