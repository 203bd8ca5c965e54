import { resolve } from 'node:path';
import { LabError } from '#errors/lab-error.ts';
import { labRegistry } from '#provision/cluster/lab-registry.ts';
import { buildOwnImage } from '#provision/image/own/build-own-image.ts';
import { loadArchive } from '#provision/image/own/load-archive.ts';
import { type RegistryImage, registryImages, removeImage } from '#provision/image/own/registry-images.ts';
import { pulledImages } from '#provision/image/upstream/pulled-images.ts';
import { type ImageName, readImageName, shortName } from '#provision/image/registry/image-name.ts';
import type { Invocation } from '../invocation.ts';
import { ownLab, requireRoot } from '../open-lab.ts';
import { table } from '../render/table.ts';
import { printErr, printOut } from '../render/terminal.ts';

export interface ImageBuildOptions {
  readonly tag?: readonly string[];
  readonly file?: string;
  readonly buildArg?: readonly string[];
  readonly target?: string;
  readonly cache: boolean;
  readonly quiet?: boolean;
}

/** `lab image build DIR -t NAME`: a reader's Dockerfile, into the lab's registry. */
export async function imageBuild(from: Invocation, dir: string, options: ImageBuildOptions): Promise<void> {
  requireRoot();
  const { config, paths } = await ownLab(from);
  const { client } = await labRegistry({ config, paths });
  const typed = options.tag ?? [];
  if (typed.length === 0) {
    const next = `lab image build ${dir} -t mattbailey/ch6-worker`;
    throw new LabError({ code: 'usage.image-name', cause: 'the image needs a name, by which it is pulled: -t', next });
  }
  const names = typed.map((name) => readImageName(name, client.addr));
  const isQuiet = options.quiet === true;
  let phase = '';
  await buildOwnImage({
    repoDir: from.repoDir,
    cacheDir: config.cacheDir,
    suite: config.images.suite,
    registry: client.addr,
    dir: resolve(dir),
    ...(options.file === undefined ? {} : { file: resolve(options.file) }),
    names,
    buildArgs: options.buildArg ?? [],
    ...(options.target === undefined ? {} : { target: options.target }),
    noCache: !options.cache,
    onLine: (line) => {
      if (!isQuiet) console.log(line);
    },
    onNote: (note) => printErr(`note: ${note}`),
    onProgress: ({ image, phase: now, detail }) => {
      const words = `${image} ${now} ${detail}`;
      if (!isQuiet && words !== phase) printErr(words);
      phase = words;
    },
  });
  tellPullable(names);
}

/** `lab image load FILE.tar` */
export async function imageLoad(from: Invocation, file: string, options: { tag?: string }): Promise<void> {
  requireRoot();
  const { config, paths } = await ownLab(from);
  const { client } = await labRegistry({ config, paths });
  const { tag } = options;
  const names = await loadArchive(file, {
    repoDir: from.repoDir,
    cacheDir: config.cacheDir,
    suite: config.images.suite,
    registry: client.addr,
    onNote: (note) => printErr(`note: ${note}`),
    ...(tag === undefined ? {} : { as: readImageName(tag, client.addr) }),
  });
  tellPullable(names);
}

function tellPullable(names: readonly ImageName[]): void {
  printOut(names.map((name) => `${shortName(name)} is in the lab's registry; every machine can pull it`).join('\n'));
}

/** `lab image list` */
export async function imageList(from: Invocation, options: { json?: boolean }): Promise<void> {
  requireRoot();
  const { client, labStorage, pullThrough } = await labRegistry(await ownLab(from));
  const pulled = pullThrough === undefined ? [] : await pulledImages(pullThrough.remoteUrl, pullThrough.storage);
  const images = [...(await registryImages(client, labStorage)), ...pulled];
  if (options.json === true) return console.log(JSON.stringify(images));
  const rows = images.map(({ name, bytes, created, whose, from: origin }) => [
    name,
    `${Math.max(1, Math.round(bytes / 1e6))} MB`,
    created?.slice(0, 16).replace('T', ' ') ?? '-',
    whose,
    originText(origin),
  ]);
  printOut(table(['IMAGE', 'SIZE', 'MADE (UTC)', 'WHOSE', 'FROM'], rows));
}

/** As much of a digest as tells two apart. */
function originText(origin: RegistryImage['from']): string {
  if (origin === undefined || typeof origin === 'string') return origin ?? '-';
  return `${new URL(origin.remoteUrl).host}/${origin.image} ${origin.digest.slice(0, 'sha256:'.length + 12)}`;
}

/** `lab image rm NAME...` */
export async function imageRemove(from: Invocation, typed: readonly string[]): Promise<void> {
  requireRoot();
  const { client, labStorage } = await labRegistry(await ownLab(from));
  const names = typed.map((name) => readImageName(name, client.addr));
  for (const name of names) {
    const isBack = await removeImage(name, client, labStorage);
    printOut(`${shortName(name)} is removed${isBack ? "; the lab's own of that name is served again" : ''}`);
  }
}
