import { setTimeout as delay } from 'node:timers/promises';
import { oneMember } from '#platform/etcd/one-member.ts';
import { memberUrl } from '#platform/etcd/ports.ts';

/**
 * Tells when anything under these prefixes changes, by a watch at the first etcd member that answers. It only says that something
 * changed; whoever is told looks for itself, so a lost stream loses nothing but time. (The store's own watch would wait for a
 * member that stands still, and say nothing.)
 */
export function watchKeys(
  addresses: readonly string[],
  prefixes: readonly string[],
  onChange: () => void,
): { stop(): void } {
  const stop = new AbortController();
  const follow = async (prefix: string): Promise<void> => {
    for (let turn = 0; !stop.signal.aborted; turn += 1) {
      const address = addresses[turn % addresses.length];
      if (address !== undefined) await streamEnds(memberUrl(address), prefix, stop.signal, onChange);
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

/** Follows one stream until it ends, is silent for too long, or is stopped. */
async function streamEnds(endpoint: string, prefix: string, stop: AbortSignal, onChange: () => void): Promise<void> {
  const member = oneMember(endpoint);
  let end = (): void => {};
  const ended = new Promise<void>((resolve) => (end = resolve));
  let timer = setTimeout(end, connectDeadlineMs);
  const onMessage = () => {
    clearTimeout(timer);
    timer = setTimeout(end, silenceMs);
    onChange();
  };
  const stream = member.watch(prefix, { onMessage, onEnd: end });
  stop.addEventListener('abort', end);
  await ended;
  stop.removeEventListener('abort', end);
  clearTimeout(timer);
  stream.cancel();
  member.close();
}
