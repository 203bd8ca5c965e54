import { execFile } from 'node:child_process';
import { routeProtocol } from '#provision/host/network/route-protocol.ts';
import type { Lease } from './services.ts';

/**
 * The host's way to the containers, whose addresses are announced under /services: each machine is the gateway of its own
 * flannel subnet, as for its neighbours with the host-gw backend. Only subnets of the lab's own flannel range, only over the
 * lab's own link, so that the kernel removes them with it; the fence of the lab stays behind them.
 */
export class FlannelRoutes {
  readonly #link: string;
  readonly #range: RegExp | undefined;
  readonly #set = new Map<string, string>();

  /** @param flannelCidr `10.1.0.0/16`; undefined: no routes are set */
  constructor(link: string, flannelCidr: string | undefined) {
    this.#link = link;
    this.#range = flannelCidr === undefined ? undefined : inside(flannelCidr);
  }

  /** Sets the routes that are new or lead elsewhere now. */
  follow(leases: readonly Lease[]): void {
    for (const { subnet, via } of leases) {
      if (this.#range?.test(subnet) !== true || this.#set.get(subnet) === via) continue;
      this.#set.set(subnet, via);
      this.#replace(subnet, via);
    }
  }

  /** The link is gone, and the routes with it: the next look sets them again. */
  forget(): void {
    this.#set.clear();
  }

  #replace(subnet: string, via: string): void {
    const argv = ['route', 'replace', subnet, 'via', via, 'dev', this.#link, 'proto', routeProtocol];
    execFile('ip', argv, (error) => {
      // The link has just gone: tried again at the next look.
      if (error) this.#set.delete(subnet);
    });
  }
}

/** Subnets are /24: whether one lies in the range is said by the first numbers of both. */
function inside(cidr: string): RegExp {
  const [address = '', bits = '16'] = cidr.split('/');
  const fixed = address.split('.').slice(0, Math.floor(Number(bits) / 8));
  return new RegExp(`^${fixed.join('\\.')}\\.[\\d.]+/24$`);
}
