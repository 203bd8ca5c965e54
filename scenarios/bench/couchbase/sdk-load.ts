import type couchbase from 'couchbase';
import type { CouchbaseProcess } from './kv-servers.ts';

/** The official SDK on a server, for a while. */
export class SdkLoad {
  readonly #cluster: couchbase.Cluster;
  readonly #collection: couchbase.Collection;

  private constructor(cluster: couchbase.Cluster, bucket: string) {
    this.#cluster = cluster;
    this.#collection = cluster.bucket(bucket).defaultCollection();
  }

  /** Connects, as an app does. */
  static async open({ port, login }: Pick<CouchbaseProcess, 'port' | 'login'>): Promise<SdkLoad> {
    const { user: username, password, bucket } = login;
    // Its native module is loaded for nobody who asks it for nothing.
    const { connect } = await import('couchbase');
    return new SdkLoad(await connect(`couchbase://127.0.0.1:${port}`, { username, password }), bucket);
  }

  /** Writes one document. */
  async write(): Promise<void> {
    await this.#collection.upsert('first', { n: 1 });
  }

  /**
   * Writes a document and reads it, again and again.
   * @param atOnce how many do so side by side
   * @returns operations that were answered
   */
  async run(atOnce: number, forMs: number): Promise<number> {
    const endAt = performance.now() + forMs;
    let operations = 0;
    const one = async (_: unknown, number: number): Promise<void> => {
      const key = `sdk-${number}`;
      while (performance.now() < endAt) {
        await this.#collection.upsert(key, { n: operations });
        await this.#collection.get(key);
        operations += 2;
      }
    };
    await Promise.all(Array.from({ length: atOnce }, one));
    return operations;
  }

  /** Closes its connections. */
  close(): Promise<void> {
    return this.#cluster.close();
  }
}
