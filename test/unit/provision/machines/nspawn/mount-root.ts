import { readFileSync } from 'node:fs';
import { labPaths } from '#provision/machines/ground/lab-paths.ts';
import { isMounted } from '#provision/machines/nspawn/disk-image.ts';
import { mountRoot, unmountRoot } from '#provision/machines/nspawn/overlay.ts';

/**
 * A program: mounts a machine's root twice, as after a supervisor's restart, and unmounts it. argv: root directory of the OS
 * image, state directory. Prints the image's /etc/os as the machine sees it, and whether the root is mounted before and after.
 */
async function main(osRoot: string, stateDir: string): Promise<void> {
  const paths = labPaths('lab', stateDir).machine('core-01');
  for (let n = 0; n < 2; n++) await mountRoot('lab', 'core-01', paths, osRoot);
  const seen = [readFileSync(`${paths.root}/etc/os`, 'utf8'), await isMounted(paths.root)];
  await unmountRoot(paths);
  console.log(JSON.stringify([...seen, await isMounted(paths.root)]));
}

const [osRoot = '', stateDir = ''] = process.argv.slice(2);
await main(osRoot, stateDir);
