/** A member as etcd's JSON gateway writes it (etcd documentation, "API reference": message Member). */
export interface ListedMember {
  readonly ID: string;
  readonly name?: string;
  readonly peerURLs?: readonly string[];
  readonly clientURLs?: readonly string[];
}

export type GatewayAnswer<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: string };

/** Longer than an election; a member that has just lost its leader would hold the request for seven seconds. */
const requestDeadlineMs = 2_000;

/**
 * One call of etcd's cluster service at one machine's member (prefix /v3 since etcd 3.4).
 * @param stretch how many times slower than usual the machine is
 */
export async function callGateway<T>(
  address: string,
  method: 'member/list' | 'member/add' | 'member/remove',
  body: object,
  stretch: number,
): Promise<GatewayAnswer<T>> {
  const deadlineMs = requestDeadlineMs * stretch;
  try {
    const response = await fetch(`http://${address}:2379/v3/cluster/${method}`, {
      method: 'POST',
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(deadlineMs),
    });
    const value = (await response.json()) as T & { error?: string };
    if (response.ok) return { ok: true, value };
    return { ok: false, error: value.error ?? `HTTP ${response.status}` };
  } catch (error) {
    return { ok: false, error: reason(error, deadlineMs) };
  }
}

function reason(error: unknown, deadlineMs: number): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `no answer within ${deadlineMs / 1000} s`;
  return error.cause instanceof Error ? error.cause.message : error.message;
}
