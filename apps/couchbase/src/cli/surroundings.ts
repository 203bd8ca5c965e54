/** What a command needs of the world beside the node. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Dots while waiting. */
  readonly progress: (text: string) => void;
  /** Asks the person, before anything is changed; undefined when there is nobody to answer. @throws CallersOwn */
  readonly ask: (question: string) => Promise<string | undefined>;
  /** Is told the host that a command will speak to, before it does. @throws CallersOwn */
  readonly admit?: (host: string) => void;
  /** Aborted when nobody waits for the command any more. */
  readonly gone?: AbortSignal;
}

/** Ends a command that runs in another process than its caller's, and needs the caller's own. Nothing was changed. */
export class CallersOwn extends Error {}
