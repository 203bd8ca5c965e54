import type * as Couchbase from 'couchbase';
import { couchbaseAccess } from '../context/couchbase-access.ts';
import type { Clock } from './clock.ts';
import { shortError } from './http-ask.ts';
import { retryMs } from './probe-timers.ts';

type Sdk = typeof Couchbase;

const connectMs = 4_000;
/** How long an open connection may bring nothing before it is made anew, ms. */
const barrenMs = 5_000;

/**
 * The SDK's connection to the Couchbase at one address. The SDK comes back by itself to a server that was away, but not to
 * another address, and not to a bucket that was made anew under it: then the connection is opened afresh.
 */
export class CouchbaseLink {
  readonly #sdk: Sdk;
  readonly #clock: Clock;
  #address: string | undefined;
  #open: { readonly cluster: Couchbase.Cluster; readonly bucket: Couchbase.Bucket } | undefined;
  /** The attempt under way; one for another address supersedes it. */
  #attempt: { readonly address: string } | undefined;
  #first: { readonly address: string } | undefined;
  #error = 'not connected yet';
  #triedMs = -Infinity;
  #goodMs = 0;

  constructor(sdk: Sdk, clock: Clock) {
    this.#sdk = sdk;
    this.#clock = clock;
  }

  /** Is this still the first try to connect to anything? */
  get arriving(): boolean {
    return this.#attempt !== undefined && this.#first === this.#attempt;
  }

  /** Why there is no collection to use. */
  get error(): string {
    return this.#error;
  }

  /** The bucket's default collection at this address, or undefined while it is being connected to. Never waits. */
  collection(address: string): Couchbase.Collection | undefined {
    const now = this.#clock.now();
    if (address !== this.#address || (this.#open !== undefined && now - this.#goodMs > barrenMs)) this.close();
    this.#address = address;
    const waits = this.#attempt?.address === address || now - this.#triedMs <= retryMs.couchbase;
    if (this.#open === undefined && !waits) void this.#connect(address);
    return this.#open?.bucket.defaultCollection();
  }

  /** Something was stored. */
  good(): void {
    this.#goodMs = this.#clock.now();
  }

  /** Lets go of the connection, and forgets the address; who asks again opens another one. */
  close(): void {
    const open = this.#open;
    this.#open = undefined;
    this.#address = undefined;
    this.#attempt = undefined;
    this.#triedMs = -Infinity;
    // What is still on its way is failed by the probe; the SDK's own end is nobody's business.
    open?.cluster.close().catch(() => undefined);
  }

  async #connect(address: string): Promise<void> {
    const attempt = { address };
    this.#attempt = attempt;
    this.#first ??= attempt;
    this.#triedMs = this.#clock.now();
    const timeouts = { connectTimeout: connectMs, bootstrapTimeout: connectMs };
    // Nobody reads the SDK's own spans and histograms, and they cost CPU time with every document.
    const quiet = { tracingConfig: { enableTracing: false }, metricsConfig: { enableMetrics: false } };
    try {
      const cluster = await this.#sdk.connect(`couchbase://${address}`, { ...couchbaseAccess, timeouts, ...quiet });
      if (this.#attempt === attempt && this.#address === address) {
        this.#open = { cluster, bucket: cluster.bucket('default') };
        this.#goodMs = this.#clock.now();
      } else await cluster.close();
    } catch (error) {
      this.#error = `not connected: ${nameOf(error)}`;
    } finally {
      if (this.#attempt === attempt) this.#attempt = undefined;
    }
  }
}

/** The SDK's errors are told apart by name: `UnambiguousTimeoutError`. */
export function nameOf(error: unknown): string {
  return error instanceof Error && error.name !== 'Error' ? error.name : shortError(error);
}
