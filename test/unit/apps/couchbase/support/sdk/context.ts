import couchbase from 'couchbase';

/** A host that has much else to do may need longer for an operation than the SDK's 2.5 s. */
export const patienceMs = 20_000;

/** What a scenario of the SDK works with: the server's port, and a protocol of what each step gave. */
export class SdkContext {
  readonly results: Record<string, unknown> = {};
  readonly #port: string;

  constructor(port: string) {
    this.#port = port;
  }

  connect(username = 'Administrator', password = 'Password1') {
    const timeouts = { kvTimeout: patienceMs, kvDurableTimeout: patienceMs };
    return couchbase.connect(`couchbase://127.0.0.1:${this.#port}`, { username, password, timeouts });
  }

  /** Notes what the action gave (`done` for nothing), or the name of the error class. */
  async step(name: string, action: () => Promise<unknown>): Promise<void> {
    try {
      this.results[name] = (await action()) ?? 'done';
    } catch (error) {
      this.results[name] = error instanceof Error ? error.constructor.name : String(error);
    }
  }
}

export type Scenario = (context: SdkContext) => Promise<void>;
