import type { GuideBeside } from './server/serve.ts';
import type { GuideCheck, GuideNow } from './server/protocol.ts';

/** How a guide is looked at; the command line knows how its commands are typed where the reader is. */
export interface GuidePlace {
  /** null: none is followed in the directory. */
  readonly now: () => Promise<GuideNow | null>;
  readonly check: () => Promise<GuideCheck>;
}

/** The reader's progress is a small file, which `lab guide next` writes in another terminal; ms. */
const lookEveryMs = 3_000;

/** Looks at where the reader is from time to time. @returns it, once looked at, and how to end that */
export async function guideBeside(place: GuidePlace): Promise<GuideBeside & { end(): void }> {
  const listeners = new Set<(guide: GuideNow | null) => void>();
  // A guide that cannot be read is said where it is followed: by lab guide.
  const nowOrNone = (): Promise<GuideNow | null> => place.now().catch(() => null);
  const state = { now: await nowOrNone() };
  const timer = setInterval(() => {
    void nowOrNone().then((next) => {
      if (JSON.stringify(next) === JSON.stringify(state.now)) return;
      state.now = next;
      for (const listener of listeners) listener(next);
    });
  }, lookEveryMs);
  return {
    now: () => state.now,
    check: () => place.check(),
    listen: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    end: () => clearInterval(timer),
  };
}
