/** Where etcd's clients and its other members find a member (IANA: etcd-client and etcd-server). */
export const clientPort = 2379;
export const peerPort = 2380;
/** Where clients of etcd's v2 API look first, before 2379 (etcd 0.4's client port; etcd 2.x listened on both). */
export const v2Port = 4001;

/** URL of the member on the machine with this address. */
export function clientUrl(address: string): string {
  return `http://${address}:${clientPort}`;
}

export function peerUrl(address: string): string {
  return `http://${address}:${peerPort}`;
}

/** The member of the machine that this process runs on. */
export const ownMachine = clientUrl('127.0.0.1');
