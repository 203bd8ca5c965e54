import type { Bucket } from '../../bucket/bucket.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { BucketViews } from './bucket-views.ts';

/** The views of all buckets, each bucket's in a process of its own. */
export class ViewService {
  readonly #program: string;
  readonly #log: (text: string) => void;
  readonly #byBucket = new Map<Bucket, BucketViews>();

  /** @param program path of the bundle that the processes run */
  constructor(cluster: Cluster, program: string, log: (text: string) => void) {
    this.#program = program;
    this.#log = log;
    cluster.onBucketRemoved((bucket) => {
      this.#byBucket.get(bucket)?.close();
      this.#byBucket.delete(bucket);
    });
  }

  /** A bucket's views, the same every time; their process is started by the first query that needs one. */
  of(bucket: Bucket): BucketViews {
    const known = this.#byBucket.get(bucket);
    if (known !== undefined) return known;
    const made = new BucketViews(bucket, this.#program, this.#log);
    this.#byBucket.set(bucket, made);
    return made;
  }

  /** Ends every process. */
  stop(): void {
    for (const views of this.#byBucket.values()) views.close();
  }
}
