import type { Publisher } from './publish.ts';

/** A publisher for whose answers nobody waits any longer once the fence has closed: units are to stop at that moment, whatever etcd does. */
export interface FencedPublisher {
  /** As a publisher's. */
  readonly said: Publisher['said'];
  /** As a publisher's; nothing may be started when the fence closes before the answer comes. */
  readonly claim: Publisher['claim'];
  /** As a publisher's. @returns false: the fence has closed before the answer came; it may be written all the same */
  publish(...said: Parameters<Publisher['publish']>): Promise<boolean>;
  /** The fence may have closed. */
  look(): void;
}

/** @param isFenced is the fence closed? Who asks while it is waits as long as it takes */
export function untilFenced(publisher: Publisher, isFenced: () => boolean): FencedPublisher {
  const goOn = new Set<() => void>();
  const answerOr = <T>(asked: Promise<T>, instead: T): Promise<T> => {
    if (isFenced()) return asked;
    return new Promise((resolve, reject) => {
      const leave = (): void => resolve(instead);
      goOn.add(leave);
      void asked.then(resolve, reject).finally(() => goOn.delete(leave));
    });
  };
  return {
    said: () => publisher.said(),
    claim: (lease, units) => answerOr(publisher.claim(lease, units), new Set()),
    publish: (lease, states) =>
      answerOr(
        publisher.publish(lease, states).then(() => true),
        false,
      ),
    look() {
      if (isFenced()) for (const leave of goOn) leave();
    },
  };
}
