import { execa } from 'execa';

/**
 * What apt would download to install these packages with what they depend on.
 * @returns bytes; undefined when apt cannot tell, because its package lists are missing or too old
 */
export async function downloadBytes(packages: readonly string[]): Promise<number | undefined> {
  if (packages.length === 0) return 0;
  const args = ['install', '--print-uris', '-qq', '--no-install-recommends', ...packages];
  const result = await execa('apt-get', args, { reject: false, stdin: 'ignore', timeout: 60_000 });
  return result.failed ? undefined : sizesOf(result.stdout);
}

/** Adds up the lines of `apt-get --print-uris`: quoted address, file name, bytes, checksum (apt-get(8)). Pure. */
export function sizesOf(uris: string): number {
  const sizes = uris.split('\n').map((line) => Number(/^'[^']*' \S+ (\d+)(?: |$)/.exec(line)?.[1] ?? 0));
  return sizes.reduce((sum, size) => sum + size, 0);
}
