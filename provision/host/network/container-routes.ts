import { execa } from 'execa';
import { routeProtocol } from './route-protocol.ts';

/** One machine's subnet of the containers' network. */
export interface ContainerSubnet {
  /** `10.1.37.0/24` */
  readonly cidr: string;
  /** The machine's address. */
  readonly via: string;
}

/**
 * Lets the host reach containers at their own addresses, through the machine each of them is on. The routes go over the
 * lab's link and vanish with it; the fence is behind them. Idempotent.
 * @throws when ip(8) refuses
 */
export async function routeContainers(link: string, subnets: readonly ContainerSubnet[]): Promise<void> {
  for (const { cidr, via } of subnets) {
    await execa('ip', ['route', 'replace', cidr, 'via', via, 'dev', link, 'proto', routeProtocol]);
  }
}
