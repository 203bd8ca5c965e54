/** What an endless answer tells, and when. */
export interface Following {
  /** What to tell now; undefined ends the answer. */
  readonly current: () => string | undefined;
  /** Calls the listener at each change. @returns ends that */
  readonly onChange: (listener: () => void) => () => void;
  /** Longest silence, ms: `heartbeat` is told then, so that both ends know of each other. */
  readonly heartbeatMs: number;
  readonly heartbeat: string;
}

/**
 * An answer without an end: what is so now, and what is so after each change. Changes that come while the client has not taken what was
 * told are one. It ends when `current` does, or when the client goes.
 */
export function followChanges({ current, onChange, heartbeatMs, heartbeat }: Following): AsyncIterable<Buffer> {
  let changed = true;
  let over = false;
  let wake = (): void => undefined;
  const end = onChange(() => {
    changed = true;
    wake();
  });
  const finish = (): IteratorReturnResult<undefined> => {
    over = true;
    end();
    wake();
    return { done: true, value: undefined };
  };

  async function next(): Promise<IteratorResult<Buffer, undefined>> {
    if (!changed && !over) await silence();
    if (over) return finish();
    if (!changed) return { value: Buffer.from(heartbeat) };
    changed = false;
    const told = current();
    return told === undefined ? finish() : { value: Buffer.from(told) };
  }

  function silence(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, heartbeatMs);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  // Whoever gives an answer up calls `return` while `next` waits: a generator would only hear of it at the next change.
  return { [Symbol.asyncIterator]: () => ({ next, return: () => Promise.resolve(finish()) }) };
}
