import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { buildContainerImages } from '#provision/image/containers/build-container-images.ts';
import { ensureOsImage } from '#provision/image/os/build-os-image.ts';
import { osRecipe } from '#provision/image/os/recipe.ts';
import { wantedKeys } from '#provision/image/prune/wanted-keys.ts';
import { upstreamOf } from '#provision/config/image-settings.ts';
import { loadConfig } from '#provision/config/load-config.ts';

// Run with the Node that the lab will run with in the guest: the OS image has that program in it, and its version in its key.
const [cacheDir = ''] = process.argv.slice(2);
const repoDir = join(import.meta.dirname, '../../..');
const { images } = loadConfig(repoDir, process.env, 2);
await ensureOsImage(osRecipe(repoDir, images.suite), cacheDir, (detail) => console.error(`OS image: ${detail}`));
await buildContainerImages({
  repoDir,
  cacheDir,
  suite: images.suite,
  upstream: upstreamOf(images),
  onProgress: ({ image, phase, detail }) => console.error([image, phase, detail].filter(Boolean).join(' ')),
});
const wanted = [...(await wantedKeys(repoDir, cacheDir, images.suite, upstreamOf(images)))];
const paths = ['os-image', 'containers', 'registry'].flatMap((kind) => wanted.map((key) => join(kind, key)));
console.log(JSON.stringify(paths.filter((path) => existsSync(join(cacheDir, path)))));
