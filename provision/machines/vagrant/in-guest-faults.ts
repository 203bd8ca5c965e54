import type { Impairment } from '../machine-provider.ts';
import { lossRule } from '../ground/network-rules.ts';

/** Faults that the guest itself is told to have, whatever runs it. */
export type InGuestFault = Extract<Impairment, { readonly kind: 'packet-loss' | 'full-disk' }>;

const filler = '/var/lib/coreos-lab-filler';

/** argv of each command in the guest, as root, in order. Pure. */
export function beginInGuest(fault: InGuestFault): string[][] {
  if (fault.kind === 'full-disk') return [['sh', '-c', fillDisk]];
  return [['iptables', '-t', 'raw', '-I', ...lossRule(fault.percent)]];
}

/** Complete by itself: whoever undoes it may be another process than the one that did it. Pure. */
export function endInGuest(fault: InGuestFault): string[][] {
  if (fault.kind === 'full-disk') return [['rm', '-f', `${filler}-1`, `${filler}-2`]];
  return [['iptables', '-t', 'raw', '-D', ...lossRule(fault.percent)]];
}

/** What can be allocated at once, then the rest block by block: ext4 keeps a reserve that only writes reach. */
const fillDisk = [
  `fallocate -l "$(df --output=avail -B1 / | tail -n1)" ${filler}-1`,
  `dd if=/dev/zero of=${filler}-2 bs=64k 2>/dev/null`,
  'sync',
].join('; ');
