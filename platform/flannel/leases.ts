import { flannelKeys } from '../etcd/keys/flannel-keys.ts';
import { listAnew } from '../etcd/list-anew.ts';
import type { EtcdStore } from '../etcd/store.ts';
import { readLease, type SubnetLease } from './lease-record.ts';

export interface LeaseWatch {
  /** Every lease, and reservation, as last heard; a key that is none is left out. */
  current(): SubnetLease[];
  /**
   * Resolves with `news` when a lease came, went or changed since the last call, `refresh` after `ms` without any, `lost` when the
   * given promise (of a lease; a reservation has none) resolves, `stop` on the signal.
   */
  changed(ms: number, signal: AbortSignal, lost?: Promise<void>): Promise<'news' | 'refresh' | 'lost' | 'stop'>;
  close(): Promise<void>;
}

/**
 * Every machine's lease, kept up to date by a watch from the list's own revision.
 * @param log told of each key that is no lease, which is left out, and of what nobody knows in one that is
 */
export async function watchLeases(store: EtcdStore, prefix: string, log: (line: string) => void): Promise<LeaseWatch> {
  const directory = flannelKeys(prefix).subnets;
  const leases = new Map<string, SubnetLease>();
  const news = newsBox();
  const take = (key: string, value: string) => {
    const lease = readLease(prefix, { key, value }, (problem, isTaken) =>
      log(`${key}${isTaken ? '' : ' is left out'}: ${problem}`),
    );
    if (lease) leases.set(key, lease);
    else leases.delete(key);
  };
  let heard = 0;
  const load = async () => {
    const { items, revision } = await listAnew(store, directory, () => heard);
    leases.clear();
    for (const kv of items) take(kv.key, kv.value);
    return revision;
  };

  let listed = await load();
  let resyncDue = false;
  const watch = await store.watch(
    directory,
    {
      onEvent(event) {
        if (event.revision <= listed) return;
        heard = event.revision;
        if (event.type === 'put') take(event.key, event.value);
        else leases.delete(event.key);
        news.bring();
      },
      onResync() {
        resyncDue = true;
        news.bring();
      },
    },
    listed + 1,
  );
  /** History was compacted away under the watch: read everything again; when etcd is away just now, at the next turn. */
  const resync = async () => {
    await load().then(
      (revision) => {
        listed = revision;
        resyncDue = false;
      },
      () => undefined,
    );
  };

  return {
    current: () => [...leases.values()],
    async changed(ms, signal, lost) {
      const reason = await news.wait(ms, signal, lost);
      if (resyncDue) await resync();
      return reason;
    },
    close: () => watch.close(),
  };
}

/** Holds the word that there is news until somebody asks for it. */
function newsBox(): { bring(): void; wait: LeaseWatch['changed'] } {
  let isThere = false;
  let wake = () => {};
  return {
    bring() {
      isThere = true;
      wake();
    },
    async wait(ms, signal, lost) {
      let timer: NodeJS.Timeout | undefined;
      let stop = () => {};
      const reason = await Promise.race([
        new Promise<'news'>((resolve) => {
          wake = () => resolve('news');
          if (isThere) wake();
        }),
        new Promise<'refresh'>((resolve) => (timer = setTimeout(() => resolve('refresh'), ms))),
        ...(lost ? [lost.then(() => 'lost' as const)] : []),
        new Promise<'stop'>((resolve) => {
          stop = () => resolve('stop');
          signal.addEventListener('abort', stop);
          if (signal.aborted) stop();
        }),
      ]);
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      isThere = false;
      return reason;
    },
  };
}
