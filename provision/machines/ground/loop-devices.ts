import { readdirSync } from 'node:fs';
import { textOrEmpty } from '../../host/text-or-empty.ts';

/**
 * Loop devices whose file lies below a directory, as `loop0 FILE`. Source: kernel documentation, ABI/testing,
 * sysfs-block-loop: `backing_file` is there while the device is bound.
 */
export function loopDevicesBelow(directory: string): string[] {
  return readdirSync('/sys/block')
    .filter((name) => name.startsWith('loop'))
    .map((name) => `${name} ${textOrEmpty(`/sys/block/${name}/loop/backing_file`).trim()}`)
    .filter((line) => line.includes(` ${directory}/`));
}
