import { formatAddress, parseNetwork } from '../../config/ipv4.ts';
import { type Check, ok, warn } from '../check.ts';
import { fromHex } from './address-range.ts';

/**
 * The lab listens in a network namespace of its own, so no program of the host can take its ports, except one that listens
 * on an address of the lab's network itself.
 */
export const ports: Check = {
  id: 'ports',
  title: 'Ports',
  run(probe, { network, ports: lab }) {
    const range = parseNetwork(network.cidr);
    const listening = listeners(probe.read('/proc/net/tcp') ?? '').filter(
      ({ address }) => range && address >= range.base && address < range.base + range.size,
    );
    if (listening.length === 0) {
      const list = `registry ${lab.registry}, artifacts ${lab.artifacts}, fleet ${lab.fleetApi}`;
      return ok(`${list}: taken in the lab's own network namespace`);
    }
    const first = listening.map(({ address, port }) => `${formatAddress(address)}:${port}`).join(', ');
    return warn(`a program of the host listens on ${first}, inside ${network.cidr}`, `ss -ltnp src ${network.cidr}`);
  },
};

/** proc_pid_net(5): local address and port in hex, state 0A is LISTEN. */
function listeners(table: string): readonly { address: number; port: number }[] {
  return table.split('\n').flatMap((line) => {
    const [, hex, port] = /^\s*\d+: ([0-9A-F]{8}):([0-9A-F]{4}) \S+ 0A /.exec(line) ?? [];
    const address = hex === undefined ? undefined : fromHex(hex);
    return address === undefined || port === undefined ? [] : [{ address, port: parseInt(port, 16) }];
  });
}
