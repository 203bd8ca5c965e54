/** Where clients find etcd, both its APIs, and members find each other (IANA: etcd-client and etcd-server). */
export const clientPort = 2379;
export const peerPort = 2380;
/** Where clients of the v2 API look as well (etcd 0.4's client port; etcd 2.x listened on both). */
export const v2Port = 4001;
/** Where a member itself listens to clients: what is the lab's own goes there, and nothing stands between. */
export const memberPort = 12_379;

/** What a member says of itself: the port that its clients know. */
export function clientUrl(address: string): string {
  return `http://${address}:${clientPort}`;
}

/** URL of the member on the machine with this address. */
export function memberUrl(address: string): string {
  return `http://${address}:${memberPort}`;
}

/** Where the other members find the member of a machine. Pure. */
export function peerUrl(address: string): string {
  return `http://${address}:${peerPort}`;
}

/** The member of the machine that this process runs on. */
export const ownMachine = memberUrl('127.0.0.1');
