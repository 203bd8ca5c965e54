/** Where etcd's clients and its other members find a member (IANA: etcd-client and etcd-server). */
export const clientPort = 2379;
export const peerPort = 2380;

/** URL of the member on the machine with this address. */
export function clientUrl(address: string): string {
  return `http://${address}:${clientPort}`;
}

export function peerUrl(address: string): string {
  return `http://${address}:${peerPort}`;
}

/** The member of the machine that this process runs on. */
export const ownMachine = clientUrl('127.0.0.1');
