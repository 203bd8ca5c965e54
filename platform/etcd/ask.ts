import { isRecord } from '#errors/is-record.ts';
import { LabError } from '#errors/lab-error.ts';
import { etcdFailure, failureFromStatus, isEtcdAway } from './etcd-failure.ts';

/** How etcd is reached by what the store's view has no word for. */
export interface Reach {
  readonly endpoints: readonly string[];
  /** ms per request. */
  readonly timeoutMs: number;
}

/**
 * One request to etcd's JSON gateway (etcd documentation "gRPC gateway", prefix /v3 since 3.4), to the first endpoint that answers.
 * A write that may have been carried out is not sent to another.
 * @param path such as `/v3/cluster/member/list`
 * @returns the answer as it came: names of fields are those of rpc.proto, 64-bit numbers are strings, what is 0 or empty is absent
 * @throws LabError of `etcdFailure`; for what etcd refuses, its own words are the evidence
 */
export async function ask(
  reach: Reach,
  path: string,
  body: object,
  kind: 'read' | 'write' = 'read',
): Promise<Record<string, unknown>> {
  let failure: LabError | undefined;
  for (const endpoint of reach.endpoints) {
    try {
      return await askOne(endpoint.replace(/\/+$/, ''), path, body, reach.timeoutMs);
    } catch (error) {
      if (!(error instanceof LabError) || !isEtcdAway(error)) throw error;
      if (kind === 'write' && error.code !== 'timeout.etcd-connect') throw error;
      failure = error;
    }
  }
  throw failure ?? etcdFailure('timeout.etcd-connect', 'nowhere', path, 'no endpoint given');
}

async function askOne(base: string, path: string, body: object, timeoutMs: number): Promise<Record<string, unknown>> {
  const signal = AbortSignal.timeout(timeoutMs);
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body), signal };
  let answer: unknown;
  try {
    answer = await (await fetch(`${base}${path}`, init)).json();
  } catch (error) {
    throw etcdFailure(wasRefused(error) ? 'timeout.etcd-connect' : 'timeout.etcd', base, path, reasonOf(error));
  }
  if (!isRecord(answer)) throw etcdFailure('internal.etcd', base, path, 'the answer is no JSON object');
  if (answer['error'] === undefined) return answer;
  const { message, code } = answer;
  throw failureFromStatus(
    typeof code === 'number' ? code : 2,
    typeof message === 'string' ? message : JSON.stringify(answer),
    base,
    path,
  );
}

/** What fetch says and why: its own message is only "fetch failed". */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message || codeOf(error.cause) : error.message;
}

function wasRefused(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return /^(?:ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/.test(codeOf(cause));
}

function codeOf(error: unknown): string {
  return isRecord(error) && typeof error['code'] === 'string' ? error['code'] : '';
}
