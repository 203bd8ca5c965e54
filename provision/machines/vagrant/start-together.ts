/** Collects what is started at the same moment, so that one command can start it all. */
export class StartTogether {
  readonly #startAll: (machines: readonly string[]) => Promise<void>;
  #gathering: { readonly machines: Map<string, Promise<void>>; readonly done: Promise<void> } | undefined;

  constructor(startAll: (machines: readonly string[]) => Promise<void>) {
    this.#startAll = startAll;
  }

  /**
   * Resolves, or rejects, with the common start.
   * @param prepared what must be done before, for this machine
   */
  async start(machine: string, prepared: Promise<void>): Promise<void> {
    if (this.#gathering === undefined) {
      const machines = new Map<string, Promise<void>>();
      this.#gathering = { machines, done: this.#afterThisMoment(machines) };
    }
    const { machines, done } = this.#gathering;
    machines.set(machine, prepared);
    return done;
  }

  async #afterThisMoment(machines: ReadonlyMap<string, Promise<void>>): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.#gathering = undefined;
    await Promise.all(machines.values());
    await this.#startAll([...machines.keys()].sort());
  }
}
