import { gatewayStore } from '#platform/etcd/gateway-store.ts';
import { servicesPrefix } from '#platform/etcd/keys/service-keys.ts';
import { memberUrl } from '#platform/etcd/ports.ts';
import type { EtcdStore } from '#platform/etcd/store.ts';

/**
 * Reads the discovery keys again and again. The store asks the member that answered last first: one that stands still (it is
 * paused, say) would hold up every reading by its deadline, and whatever happens would be seen that much later.
 */
export class DiscoveryKeys {
  readonly #store: EtcdStore;

  /** @param deadlineMs for each member; two and a half times that for all of them */
  constructor(addresses: readonly string[], deadlineMs: number) {
    const endpoints = addresses.map((address) => memberUrl(address));
    this.#store = gatewayStore({ endpoints, timeoutMs: deadlineMs });
  }

  /** Every key with its value. @throws LabError `timeout.etcd`, `timeout.etcd-connect` when no member answers */
  async read(): Promise<Record<string, string>> {
    const { items } = await this.#store.list(servicesPrefix);
    return Object.fromEntries(items.map(({ key, value }) => [key, value]));
  }

  /** Lets go of etcd; a reading under way fails. */
  async close(): Promise<void> {
    await this.#store.close();
  }
}
