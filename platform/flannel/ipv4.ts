/** IPv4 addresses as unsigned numbers, subnets as `a.b.c.d/len` with the host bits zero. */
export interface Subnet {
  /** Network address. */
  readonly base: number;
  readonly length: number;
}

/** Is it four numbers with dots between? Pure. */
export function isIpv4(text: string): boolean {
  return addressOf(text) !== undefined;
}

/** `10.1.2.3` as a number of 32 bits; undefined when the text is no address. Pure. */
export function addressOf(text: string): number | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (!match) return undefined;
  const bytes = match.slice(1).map(Number);
  return bytes.every((byte) => byte <= 255) ? bytes.reduce((sum, byte) => sum * 256 + byte, 0) : undefined;
}

/** The other way round. Pure. */
export function addressText(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}

/** undefined when the text is no subnet or has host bits set. */
export function subnetOf(text: string): Subnet | undefined {
  const cut = text.lastIndexOf('/');
  const base = addressOf(text.slice(0, cut));
  const length = Number(text.slice(cut + 1));
  if (cut < 0 || base === undefined || !/^\d{1,2}$/.test(text.slice(cut + 1)) || length > 32) return undefined;
  return base % size(length) === 0 ? { base, length } : undefined;
}

/** `10.1.2.0/24`. Pure. */
export function subnetText(subnet: Subnet): string {
  return `${addressText(subnet.base)}/${subnet.length}`;
}

/** Is every address of `inner` one of `outer`? Pure. */
export function contains(outer: Subnet, inner: Subnet): boolean {
  return inner.length >= outer.length && inner.base >= outer.base && inner.base < outer.base + size(outer.length);
}

/** Addresses in a subnet of this prefix length. */
export function size(length: number): number {
  return 2 ** (32 - length);
}
