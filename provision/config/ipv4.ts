/** A network written `172.17.8.0/24`: `base` is its first address as a number from 0 to 2^32-1, `size` its count of addresses. */
export interface Ipv4Network {
  readonly base: number;
  readonly prefixLength: number;
  readonly size: number;
}

/** @returns undefined unless `text` is a.b.c.d/n with all host bits zero. */
export function parseNetwork(text: string): Ipv4Network | undefined {
  const [address = '', prefix = '', ...rest] = text.split('/');
  const base = parseAddress(address);
  if (base === undefined || rest.length > 0 || !/^\d{1,2}$/.test(prefix) || Number(prefix) > 32) return undefined;
  const prefixLength = Number(prefix);
  const size = 2 ** (32 - prefixLength);
  return base % size === 0 ? { base, prefixLength, size } : undefined;
}

/** @returns the address as a number from 0 to 2^32-1, undefined unless it is four decimal bytes without leading zeros. */
export function parseAddress(text: string): number | undefined {
  const bytes = text.split('.');
  if (bytes.length !== 4 || !bytes.every((b) => /^(0|[1-9]\d{0,2})$/.test(b) && Number(b) <= 255)) return undefined;
  return bytes.reduce((sum, byte) => sum * 256 + Number(byte), 0);
}

/** `172.17.8.101`. Pure. */
export function formatAddress(address: number): string {
  return [256 ** 3, 256 ** 2, 256, 1].map((unit) => Math.floor(address / unit) % 256).join('.');
}

/** True for an address a host may have: inside, and neither the network's own nor its broadcast address. */
export function isHostAddress(network: Ipv4Network, address: number): boolean {
  return address > network.base && address < network.base + network.size - 1;
}

/** Have they an address in common? Pure. */
export function overlap(a: Ipv4Network, b: Ipv4Network): boolean {
  return a.base < b.base + b.size && b.base < a.base + a.size;
}
