/** What a command needs of the world beside the node. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Dots while waiting. */
  readonly progress: (text: string) => void;
  /** Asks the person; undefined when there is nobody to answer. */
  readonly ask: (question: string) => Promise<string | undefined>;
}
