import type { Dropin, Unit } from './types.ts';

/**
 * A systemd unit. Without contents it speaks of a unit of the image: enables it, masks it, or adds drop-ins.
 * `enabled` acts by systemd's presets, only on a machine's first boot.
 * @param dropins contents by name, `{ '10-lab.conf': '[Service]\n...' }`
 */
export function unit(options: {
  readonly name: string;
  readonly enabled?: boolean;
  readonly mask?: boolean;
  readonly contents?: string;
  readonly dropins?: Readonly<Record<string, string>>;
}): Unit {
  const { dropins, ...rest } = options;
  if (!dropins) return rest;
  return { ...rest, dropins: Object.entries(dropins).map(([name, contents]): Dropin => ({ name, contents })) };
}
