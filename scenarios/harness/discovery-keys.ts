import { LabError } from '../../errors/lab-error.ts';
import { readPrefix } from '../../provision/cluster/etcd-range.ts';

/**
 * Reads the discovery keys again and again. The member that answered last is asked first: one that stands still (it is
 * paused, say) would hold up every reading by its deadline, and whatever happens would be seen that much later.
 */
export class DiscoveryKeys {
  #addresses: readonly string[];
  readonly #deadlineMs: number;

  /** @param deadlineMs for each member */
  constructor(addresses: readonly string[], deadlineMs: number) {
    this.#addresses = addresses;
    this.#deadlineMs = deadlineMs;
  }

  /** Every key with its value. @throws LabError `timeout.etcd` when no member answers */
  async read(): Promise<Record<string, string>> {
    const answer = await readPrefix(this.#addresses, '/services/', this.#deadlineMs);
    if (answer === undefined)
      throw new LabError({ code: 'timeout.etcd', cause: 'no etcd member answers', next: 'lab status' });
    this.#addresses = [answer.by, ...this.#addresses.filter((address) => address !== answer.by)];
    return Object.fromEntries(answer.pairs.map(({ key, value }) => [key, value]));
  }
}
