import type { EtcdStore, Watch } from '../etcd/store.ts';
import { ownKey } from './own-key.ts';

/** An etcd that is away is asked again after so long, ms. */
const againMs = 1000;

export interface Announcement {
  /** What the key is to hold from now on; undefined: nothing, and it goes. */
  say(value: string | undefined): void;
  /** Takes the key away, if it is its own, and ends. Without etcd it leaves that to the lease. Never rejects. */
  withdraw(): Promise<void>;
}

/**
 * Keeps one key of etcd, under one lease that renews itself, as long as there is something to say. It makes the key where there
 * is none, makes it again when somebody removed it or the lease ran out, and never writes over or removes another's word: a machine that was out of reach may
 * come back when its work has moved (decision 019). It acts on what etcd's watch tells, and asks again only when etcd was away.
 */
export function announcement(opts: {
  store: EtcdStore;
  key: string;
  ttlSeconds: number;
  log: (line: string) => void;
}): Announcement {
  const { store, key } = opts;
  const say = saidOnce(opts.log);
  const own = ownKey(store, key, opts.ttlSeconds, () => act());
  let wanted: string | undefined;
  let watch: Watch | undefined;
  let timer: NodeJS.Timeout | undefined;
  let work: Promise<void> | undefined;
  let isDue = false;
  let isOver = false;

  const act = () => {
    // Who has ended is asked for nothing more: a timer of its own would keep the process.
    if (isOver) return;
    isDue = true;
    clearTimeout(timer);
    work ??= settle().finally(() => (work = undefined));
  };
  const settle = async () => {
    while (isDue) {
      isDue = false;
      try {
        watch ??= await store.watch(key, { onEvent: (event) => void (event.key === key && act()), onResync: act });
        await settleOnce();
      } catch (error) {
        say(`etcd does not answer: ${error instanceof Error ? error.message : String(error)}; trying again`);
        timer = setTimeout(act, againMs);
      }
    }
  };
  // The watch tells of what is written, and of what another was quicker to write.
  const settleOnce = async () => {
    const there = await store.get(key);
    const isOwn = own.isOwn(there);
    if (wanted === undefined || (isOwn && there?.value !== wanted)) {
      await own.remove(there);
      if (isOwn) say(`${key} is gone`);
      isDue ||= wanted !== undefined;
    } else if (there === undefined) await own.make(wanted);
    else if (isOwn) say(`${key} = ${wanted}`);
    else if (there.value === wanted) await own.takeOver(there);
    else say(`${key} = ${there.value} is another's word; waiting until it goes`);
  };

  return {
    say(value) {
      wanted = value;
      act();
    },
    async withdraw() {
      wanted = undefined;
      await work;
      isOver = true;
      clearTimeout(timer);
      const there = store.get(key).then((found) => own.remove(found));
      await there.catch(() => say(`etcd does not answer: ${key} goes with its lease`));
      await watch?.close();
    },
  };
}

/** A line is said when it is another than the last. */
function saidOnce(log: (line: string) => void): (line: string) => void {
  let last: string | undefined;
  return (line) => {
    if (line !== last) log(line);
    last = line;
  };
}
