import { setTimeout as delay } from 'node:timers/promises';
import { prefixRange } from '../../provision/cluster/etcd-range.ts';

/**
 * Tells when anything under these prefixes changes, by a watch at the first etcd member that answers
 * (etcd documentation, "gRPC gateway": POST /v3/watch answers with one JSON object a line for as long as it is open).
 * It only says that something changed; whoever is told looks for itself, so a lost stream loses nothing but time.
 */
export function watchKeys(
  addresses: readonly string[],
  prefixes: readonly string[],
  onChange: () => void,
): { stop(): void } {
  const stop = new AbortController();
  const follow = async (prefix: string): Promise<void> => {
    for (let turn = 0; !stop.signal.aborted; turn += 1) {
      const address = addresses[turn % addresses.length] ?? '';
      await readStream(address, prefix, stop.signal, onChange).catch(() => undefined);
      // A member that refuses at once must not make this a busy loop.
      await delay(retryMs, undefined, { signal: stop.signal }).catch(() => undefined);
      onChange();
    }
  };
  for (const prefix of prefixes) void follow(prefix);
  return { stop: () => stop.abort() };
}

const retryMs = 250;
const connectDeadlineMs = 1_000;
/** etcd sends nothing while nothing changes; a stream that is silent this long is asked for anew (a cut machine is silent too). */
const silenceMs = 5_000;

async function readStream(address: string, prefix: string, stop: AbortSignal, onChange: () => void): Promise<void> {
  const ended = new AbortController();
  const signal = AbortSignal.any([stop, ended.signal]);
  let timer = setTimeout(() => ended.abort(), connectDeadlineMs);
  const alive = () => {
    clearTimeout(timer);
    timer = setTimeout(() => ended.abort(), silenceMs);
  };
  try {
    const body = JSON.stringify({ create_request: prefixRange(prefix) });
    const response = await fetch(`http://${address}:2379/v3/watch`, { method: 'POST', body, signal });
    if (response.body === null) return;
    for await (const _chunk of response.body) {
      alive();
      onChange();
    }
  } finally {
    clearTimeout(timer);
  }
}
