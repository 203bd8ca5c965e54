import { readdirSync, readFileSync } from 'node:fs';

/**
 * Loop devices whose file lies below a directory, as `loop0 FILE`. Source: kernel documentation, ABI/testing,
 * sysfs-block-loop: `backing_file` is there while the device is bound.
 */
export function loopDevicesBelow(directory: string): string[] {
  return readdirSync('/sys/block')
    .filter((name) => name.startsWith('loop'))
    .map((name) => `${name} ${readText(`/sys/block/${name}/loop/backing_file`)}`)
    .filter((line) => line.includes(` ${directory}/`));
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
}
